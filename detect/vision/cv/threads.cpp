#include "threads.h"
#include <opencv2/core/utility.hpp>

void zv_one_thread() { cv::setNumThreads(1); }
