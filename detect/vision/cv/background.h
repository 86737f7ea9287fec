// A picture's background as a mixture of up to three Gaussians a pixel: Zivkovic's algorithm as OpenCV has it in MOG2,
// with a third of the memory and written so that the compiler makes vectors of it.
#pragma once
#include <stdint.h>

typedef struct zv_background zv_background;

// zv_background_new returns NULL without memory. 18 bytes a pixel.
zv_background *zv_background_new(int pixels);
void zv_background_free(zv_background *b);

// zv_background_begin forgets what was learnt.
void zv_background_begin(zv_background *b);

// zv_background_apply learns a picture at the rate 0…1 and writes 255 to mask where it is not background, else 0. It
// returns how many pixels are not.
int zv_background_apply(zv_background *b, const uint8_t *picture, uint8_t *mask, float rate);
