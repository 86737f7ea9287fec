#include "background.h"

#include <string.h>
#include <sys/mman.h>

#define MODES 3
#define BACKGROUND 0.9f // share of a pixel's past that the modes which count as background make up
#define FOREIGN 25.0f   // squared distance, in variances, from which a value is none of a background mode
#define OWN 9.0f        // and up to which it belongs to a mode
#define PRUNE 0.05f     // of the rate: what a mode that is not seen loses besides its decay

// Variances, in squared gray values.
#define VAR_FIRST 15.0f
#define VAR_LEAST 4.0f
#define VAR_MOST 75.0f

// Units of the stored numbers.
#define WEIGHT 65535.0f
#define MEAN 256.0f
#define VAR 512.0f

struct zv_background {
	int pixels;
	uint16_t planes[]; // of each mode, the heaviest first: weights, means, variances
};

static size_t size_of(int pixels) { return sizeof(zv_background) + sizeof(uint16_t) * 3 * MODES * pixels; }

// A background lives as long as its camera, and decoders come and go: in one heap they would leave holes between each other.
zv_background *zv_background_new(int pixels) {
	zv_background *b = mmap(NULL, size_of(pixels), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b == MAP_FAILED) return NULL;
	b->pixels = pixels;
	return b;
}

void zv_background_free(zv_background *b) {
	if (b) munmap(b, size_of(b->pixels));
}

void zv_background_begin(zv_background *b) { memset(b->planes, 0, sizeof(uint16_t) * 3 * MODES * b->pixels); }

// FASTEST has the compiler write the function for what most processors of its kind have, and for the others.
#ifdef __x86_64__
#define FASTEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3", "no-trapping-math", "no-math-errno")))
#else
#define FASTEST __attribute__((optimize("O3", "no-trapping-math", "no-math-errno")))
#endif

#define LEAST(a, b) ((a) < (b) ? (a) : (b))
#define MOST(a, b) ((a) > (b) ? (a) : (b))

// LEARN lets mode k take the value x in where it is its own (1 or 0).
#define LEARN(k)                                                        \
	float wider##k = w##k * (1 - rate) - prune + own##k * rate;           \
	float pace##k = own##k * rate / MOST(wider##k, rate);                 \
	w##k = wider##k < prune ? 0 : wider##k;                               \
	m##k -= pace##k * d##k;                                               \
	v##k += pace##k * (q##k - v##k);                                      \
	v##k = LEAST(MOST(v##k, VAR_LEAST), VAR_MOST);

// LIFT swaps modes a and b where b has become the heavier.
#define LIFT(a, b)                                                      \
	{                                                                     \
		float wa = w##a, ma = m##a, va = v##a;                              \
		float wb = w##b, mb = m##b, vb = v##b;                              \
		w##a = wb > wa ? wb : wa, w##b = wb > wa ? wa : wb;                 \
		m##a = wb > wa ? mb : ma, m##b = wb > wa ? ma : mb;                 \
		v##a = wb > wa ? vb : va, v##b = wb > wa ? va : vb;                 \
	}

#define LOAD(k) \
	float w##k = f[3 * k][i], m##k = f[3 * k + 1][i], v##k = f[3 * k + 2][i], d##k = m##k - x, q##k = d##k * d##k;
#define STORE(k) f[3 * k][i] = w##k, f[3 * k + 1][i] = m##k, f[3 * k + 2][i] = v##k;

// CHUNK pixels are worked on at a time, in numbers that fit the first cache.
#define CHUNK 256

static inline __attribute__((always_inline)) int chunk(uint16_t *planes, int pixels, int n, const uint8_t *restrict picture, uint8_t *restrict mask, float rate) {
	static const float unit[3] = {WEIGHT, MEAN, VAR};
	float f[3 * MODES][CHUNK], value[CHUNK], foreign[CHUNK];
	for (int p = 0; p < 3 * MODES; p++) {
		const uint16_t *restrict from = planes + p * pixels;
		for (int i = 0; i < n; i++) f[p][i] = from[i] * (1 / unit[p % 3]);
	}
	for (int i = 0; i < n; i++) value[i] = picture[i];
	const float prune = rate * PRUNE;
	for (int i = 0; i < n; i++) {
		float x = value[i];
		LOAD(0) LOAD(1) LOAD(2)
		// A mode that is not in use has no weight and no variance, and so no values of its own.
		float own0 = q0 < OWN * v0 ? 1 : 0;
		float own1 = q1 < OWN * v1 ? 1 - own0 : 0;
		float own2 = q2 < OWN * v2 ? 1 - own0 - own1 : 0;
		float known0 = q0 < FOREIGN * v0 ? 1 : 0;
		float known1 = q1 < FOREIGN * v1 ? 1 : 0, known2 = q2 < FOREIGN * v2 ? 1 - own1 : 0;
		known1 = w0 < BACKGROUND ? known1 : 0, known2 = w0 + w1 < BACKGROUND ? known2 : 0;
		foreign[i] = known0 + known1 + known2 > 0 ? 0 : 255;
		float new = 1 - own0 - own1 - own2;
		LEARN(0) LEARN(1) LEARN(2)
		float sum = w0 + w1 + w2, even = (1 - new * rate) / MOST(sum, 1e-6f);
		w0 *= even, w1 *= even, w2 *= even;
		w2 = new > 0 ? (sum > 0 ? rate : 1) : w2;
		m2 = new > 0 ? x : m2, v2 = new > 0 ? VAR_FIRST : v2;
		v0 = w0 > 0 ? v0 : 0, v1 = w1 > 0 ? v1 : 0, v2 = w2 > 0 ? v2 : 0;
		LIFT(1, 2)
		LIFT(0, 1)
		STORE(0) STORE(1) STORE(2)
	}
	for (int p = 0; p < 3 * MODES; p++) {
		uint16_t *restrict to = planes + p * pixels;
		for (int i = 0; i < n; i++) to[i] = (int)(f[p][i] * unit[p % 3] + 0.5f);
	}
	int count = 0;
	for (int i = 0; i < n; i++) mask[i] = (int)foreign[i];
	for (int i = 0; i < n; i++) count += mask[i] != 0;
	return count;
}

FASTEST int zv_background_apply(zv_background *b, const uint8_t *picture, uint8_t *mask, float rate) {
	int foreign = 0;
	for (int at = 0; at < b->pixels; at += CHUNK) {
		int n = b->pixels - at < CHUNK ? b->pixels - at : CHUNK;
		foreign += chunk(b->planes + at, b->pixels, n, picture + at, mask + at, rate);
	}
	return foreign;
}
