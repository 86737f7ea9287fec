// One camera's decoder over libavcodec. All pixels and packets stay in C memory that libav allocated, with its padding;
// only finished rows are copied out. A decoder belongs to one thread at a time.
#pragma once
#include <stdint.h>

typedef struct zv_decoder zv_decoder;

// zv_open returns NULL when memory or the codec is missing.
zv_decoder *zv_open(int h265);
void zv_close(zv_decoder *d);

// zv_rough has the edges between blocks left as they are coded: for a key unit that nothing builds on. To be called before
// the first one.
void zv_rough(zv_decoder *d);

// zv_decode feeds one Annex-B access unit. 1: there is a new picture; 0: none yet; < 0: the unit or the picture is
// broken, the decoder's state was emptied.
int zv_decode(zv_decoder *d, const uint8_t *unit, int size);

// zv_drain has the pictures that wait for further units come out, as zv_decode does; the next unit must be key.
int zv_drain(zv_decoder *d);

// zv_rest frees all but the picture that was looked at; the next unit, which must be key, takes it up again.
void zv_rest(zv_decoder *d);

int zv_width(const zv_decoder *d);
int zv_height(const zv_decoder *d);

// zv_look keeps the newest picture as the one that was looked at. < 0: there is none.
int zv_look(zv_decoder *d);

// zv_unlook frees that picture.
void zv_unlook(zv_decoder *d);

// zv_scale writes the newest picture, or the one that was looked at if there is one, at w×h, gray or BGR, to rows that
// begin stride bytes apart. < 0: it cannot be.
int zv_scale(zv_decoder *d, int looked, int gray, int w, int h, uint8_t *rows, int stride);
