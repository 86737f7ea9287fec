#include "decoder.h"

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <string.h>

// A 4K picture and a little more: what a hostile parameter set may make us allocate.
#define MAX_PIXELS (4096 * 2304)

struct zv_decoder {
	const AVCodec *kind;
	AVCodecContext *codec; // NULL while it rests
	AVPacket *packet;
	AVFrame *newest, *next; // newest holds a picture when its width is not 0
	AVFrame *looked;        // the newest of some moment, by reference
	struct SwsContext *scale[2];
	int rough;
	AVFrame *scaled[2]; // BGR, gray
};

zv_decoder *zv_open(int h265) {
	av_log_set_level(AV_LOG_QUIET); // the caller reports; libav would print for each broken slice
	const AVCodec *kind = avcodec_find_decoder(h265 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264);
	zv_decoder *d = kind ? av_mallocz(sizeof *d) : NULL;
	if (!d) return NULL;
	d->kind = kind;
	d->packet = av_packet_alloc();
	d->newest = av_frame_alloc();
	d->next = av_frame_alloc();
	d->looked = av_frame_alloc();
	d->scaled[0] = av_frame_alloc();
	d->scaled[1] = av_frame_alloc();
	if (d->packet && d->newest && d->next && d->looked && d->scaled[0] && d->scaled[1]) return d;
	zv_close(d);
	return NULL;
}

static int begin(zv_decoder *d) {
	if (d->codec) return 0;
	if (!(d->codec = avcodec_alloc_context3(d->kind))) return -1;
	d->codec->thread_count = 1; // hundreds of streams: threads a stream are waste
	d->codec->flags |= AV_CODEC_FLAG_LOW_DELAY;
	d->codec->skip_loop_filter = d->rough ? AVDISCARD_ALL : AVDISCARD_NONREF; // without, errors grow over the GOP
	d->codec->max_pixels = MAX_PIXELS;
	if (avcodec_open2(d->codec, d->kind, NULL) == 0) return 0;
	avcodec_free_context(&d->codec);
	return -1;
}

void zv_rough(zv_decoder *d) { d->rough = 1; }

void zv_rest(zv_decoder *d) {
	for (int i = 0; i < 2; i++) {
		sws_freeContext(d->scale[i]);
		d->scale[i] = NULL;
		av_frame_unref(d->scaled[i]);
	}
	av_frame_unref(d->newest);
	avcodec_free_context(&d->codec);
}

void zv_close(zv_decoder *d) {
	if (!d) return;
	for (int i = 0; i < 2; i++) {
		sws_freeContext(d->scale[i]);
		av_frame_free(&d->scaled[i]);
	}
	av_frame_free(&d->looked);
	av_frame_free(&d->next);
	av_frame_free(&d->newest);
	av_packet_free(&d->packet);
	avcodec_free_context(&d->codec);
	av_free(d);
}

static int broken(zv_decoder *d) {
	av_frame_unref(d->next);
	avcodec_flush_buffers(d->codec);
	return -1;
}

// take makes the last picture that comes out the newest: 1, 0 when none does, < 0 when one is damaged.
static int take(zv_decoder *d) {
	int pictures = 0, damaged = 0;
	for (;;) {
		int got = avcodec_receive_frame(d->codec, d->next);
		if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) break;
		if (got < 0) return broken(d);
		damaged |= (d->next->flags & AV_FRAME_FLAG_CORRUPT) || d->next->decode_error_flags;
		if (damaged) continue; // a snapshot shows the last whole picture rather than a guess
		av_frame_unref(d->newest);
		av_frame_move_ref(d->newest, d->next);
		pictures = 1;
	}
	return damaged ? broken(d) : pictures;
}

int zv_decode(zv_decoder *d, const uint8_t *unit, int size) {
	if (size <= 0 || begin(d) < 0 || av_new_packet(d->packet, size) < 0) return -1;
	memcpy(d->packet->data, unit, size);
	int sent = avcodec_send_packet(d->codec, d->packet);
	av_packet_unref(d->packet);
	if (sent < 0) return broken(d);
	return take(d);
}

int zv_drain(zv_decoder *d) {
	if (avcodec_send_packet(d->codec, NULL) < 0) return broken(d);
	int got = take(d);
	avcodec_flush_buffers(d->codec);
	return got;
}

int zv_width(const zv_decoder *d) { return d->newest->width; }
int zv_height(const zv_decoder *d) { return d->newest->height; }

int zv_look(zv_decoder *d) {
	av_frame_unref(d->looked);
	return d->newest->width > 0 ? av_frame_ref(d->looked, d->newest) : -1;
}

// MAX_SIDE bounds a picture whose luma is averaged here, and MAX_CELL the rows that become one.
#define MAX_SIDE 16384
#define MAX_CELL 256

// bytes tells whether the first plane of a picture is its luma, a byte a pixel.
static int bytes(const AVFrame *f) {
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
	return d && !(d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL)) &&
		d->comp[0].plane == 0 && d->comp[0].offset == 0 && d->comp[0].step == 1 && d->comp[0].depth == 8;
}

static int full_range(const AVFrame *f) {
	switch (f->format) {
	case AV_PIX_FMT_YUVJ420P: case AV_PIX_FMT_YUVJ422P: case AV_PIX_FMT_YUVJ444P: case AV_PIX_FMT_GRAY8: return 1;
	}
	return f->color_range == AVCOL_RANGE_JPEG;
}

// luma writes the means of the luma's cells, w×h of them: a tenth of what a conversion of the whole picture costs. < 0: the
// picture is none that it can do.
__attribute__((optimize("O3"))) static int luma(const AVFrame *f, int w, int h, uint8_t *restrict rows, int stride) {
	uint16_t sum[MAX_SIDE];
	const int sw = f->width, sh = f->height;
	if (!bytes(f) || sw < w || sh < h || sw > MAX_SIDE || sh / h >= MAX_CELL) return -1;
	for (int y = 0; y < h; y++) {
		int top = (int64_t)y * sh / h, below = (int64_t)(y + 1) * sh / h;
		const uint8_t *restrict row = f->data[0] + (ptrdiff_t)top * f->linesize[0];
		uint8_t *restrict out = rows + (ptrdiff_t)y * stride;
		for (int x = 0; x < sw; x++) sum[x] = row[x];
		for (int k = top + 1; k < below; k++) {
			row += f->linesize[0];
			for (int x = 0; x < sw; x++) sum[x] += row[x];
		}
		if (sw == 2 * w && below - top == 2) {
			for (int x = 0; x < w; x++) out[x] = (sum[2 * x] + sum[2 * x + 1] + 2) >> 2;
		} else {
			for (int x = 0, from = 0; x < w; x++) {
				int to = (int64_t)(x + 1) * sw / w;
				uint32_t all = 0, n = (to - from) * (below - top);
				for (; from < to; from++) all += sum[from];
				out[x] = (all + n / 2) / n;
			}
		}
		if (full_range(f)) continue;
		for (int x = 0; x < w; x++) { // 16…235 to 0…255
			uint16_t v = out[x] < 16 ? 0 : (uint16_t)((out[x] - 16) * 149 + 64) >> 7;
			out[x] = v > 255 ? 255 : v;
		}
	}
	return 0;
}

void zv_unlook(zv_decoder *d) { av_frame_unref(d->looked); }

int zv_scale(zv_decoder *d, int looked, int gray, int w, int h, uint8_t *rows, int stride) {
	AVFrame *src = looked && d->looked->width > 0 ? d->looked : d->newest, *dst = d->scaled[gray != 0];
	enum AVPixelFormat format = gray ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_BGR24;
	int row = gray ? w : w * 3;
	if (gray && src->width > 0 && stride >= w && luma(src, w, h, rows, stride) == 0) return 0;
	if (src->width <= 0 || src->height <= 0 || w <= 0 || h <= 0 || stride < row || !sws_isSupportedInput(src->format)) return -1;
	if (dst->width != w || dst->height != h) {
		av_frame_unref(dst);
		dst->width = w, dst->height = h, dst->format = format;
		if (av_frame_get_buffer(dst, 0) < 0) {
			dst->width = 0;
			return -1;
		}
	}
	struct SwsContext **sws = &d->scale[gray != 0];
	*sws = sws_getCachedContext(*sws, src->width, src->height, src->format, w, h, format, SWS_BILINEAR, NULL, NULL, NULL);
	if (!*sws || sws_scale(*sws, (const uint8_t *const *)src->data, src->linesize, 0, src->height, dst->data, dst->linesize) != h) return -1;
	av_image_copy_plane(rows, stride, dst->data[0], dst->linesize[0], row, h);
	return 0;
}
