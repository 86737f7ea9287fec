// gocv v0.31.0 does not offer cv::setNumThreads.
#pragma once
#ifdef __cplusplus
extern "C"
#endif
void zv_one_thread(void);
