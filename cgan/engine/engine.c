// The engine: the operations of a generator on float32, in WebAssembly with 128-bit SIMD. No library, no imports.
//
// A feature map is (pictures, size, size, channels), "channels last": one vector holds four channels of one pixel. So
// `channels` is a multiple of 4 wherever it is named; the caller pads weights with zeros. Matrices are stored row by
// row. All sizes and steps count elements, not bytes.
//
//   1. memory             a stack of buffers
//   2. matrix products    B in panels of 8 columns, a kernel of 4 rows by 8 columns
//   3. 3x3 convolutions   by Winograd's algorithm; directly where one channel comes out. 1x1 is a matrix product
//   4. the rest           upsampling, scale and shift, activations, grey levels
//
// `python -m cgan.engine.build` compiles it; engine.js gives each function here a name and types.

#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name), noinline)) name
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef v128_t f32x4;

INLINE f32x4 load(const float *p) { return wasm_v128_load(p); }
INLINE void store(float *p, f32x4 v) { wasm_v128_store(p, v); }
INLINE f32x4 repeat(const float *p) { return wasm_v128_load32_splat(p); } // one number in all four places
INLINE f32x4 splat(float v) { return wasm_f32x4_splat(v); }
INLINE f32x4 add(f32x4 a, f32x4 b) { return wasm_f32x4_add(a, b); }
INLINE f32x4 sub(f32x4 a, f32x4 b) { return wasm_f32x4_sub(a, b); }
INLINE f32x4 mul(f32x4 a, f32x4 b) { return wasm_f32x4_mul(a, b); }
INLINE f32x4 multiply_add(f32x4 a, f32x4 b, f32x4 c) { return add(mul(a, b), c); }

// pmin and pmax are one instruction each; min and max are several, for the sake of NaN and -0.
INLINE f32x4 smaller(f32x4 a, f32x4 b) { return wasm_f32x4_pmin(a, b); }
INLINE f32x4 larger(f32x4 a, f32x4 b) { return wasm_f32x4_pmax(a, b); }

INLINE long least(long a, long b) { return a < b ? a : b; }
INLINE long round_up(long value, long multiple) { return (value + multiple - 1) / multiple * multiple; }

// ---------------------------------------------------------------------------------------------------------- 1. memory

#define PAGE_BYTES 65536
#define CACHE_LINE_BYTES 64

extern unsigned char __heap_base; // set by the linker: the end of the program's own data
static uintptr_t top;             // the end of the last buffer

// A buffer of `count` floats that starts a cache line, not cleared. Traps where there is no more memory.
float *EXPORT(allocate)(long count) {
  if (!top) top = (uintptr_t)&__heap_base;
  uintptr_t start = round_up(top, CACHE_LINE_BYTES);
  uint64_t end = (uint64_t)start + (uint64_t)count * sizeof(float);
  uint64_t needed = (end + PAGE_BYTES - 1) / PAGE_BYTES, present = __builtin_wasm_memory_size(0);
  if (end > UINT32_MAX) __builtin_trap();
  if (needed > present && __builtin_wasm_memory_grow(0, needed - present) == SIZE_MAX) __builtin_trap();
  top = end;
  return (float *)start;
}

// release(mark()) gives back all that was allocated in between.
uintptr_t EXPORT(mark)(void) { return top; }
void EXPORT(release)(uintptr_t mark) { top = mark; }

// ------------------------------------------------------------------------------------------------- 2. matrix products
//
// C (m, n) = A (m, k) B (k, n). B is cut into panels of 8 columns, each stored as (k, 8), with zeros where B has no
// column. The kernel holds 4x8 sums in eight registers: a step of k takes six loads for 32 products.

#define ROWS 4
#define COLUMNS 8
#define PART 128

// Columns `first` to `first + 7` of B as a panel. Element (i, j) of B is at b[i * row_step + j * column_step].
static void pack_panel(const float *b, long k, long n, long row_step, long column_step, long first, float *panel) {
  b += first * column_step;
  if (column_step == 1 && n - first >= COLUMNS) {
    for (; k > 0; k--, b += row_step, panel += COLUMNS) store(panel, load(b)), store(panel + 4, load(b + 4));
    return;
  }
  for (; k > 0; k--, b += row_step)
    for (long j = 0; j < COLUMNS; j++) *panel++ = first + j < n ? b[j * column_step] : 0;
}

// All panels of B, for products with many A: k * round_up(n, 8) floats.
void EXPORT(pack)(const float *b, long k, long n, long row_step, long column_step, float *panels) {
  for (long first = 0; first < n; first += COLUMNS, panels += k * COLUMNS)
    pack_panel(b, k, n, row_step, column_step, first, panels);
}

// sums (4, 8) += four rows of A times a panel. Element (i, j) of A is at a[i * row_step + j * column_step]. The loop is
// not unrolled here, V8 does that. Unrolled twice, all loads would come first, in more registers than there are, and a
// product would take a half longer.
INLINE void multiply_4_rows(const float *a, long row_step, long column_step, const float *panel, long k,
                            f32x4 sums[ROWS][2]) {
  for (; k > 0; k--, a += column_step, panel += COLUMNS) {
    f32x4 left = load(panel), right = load(panel + 4);
    UNROLL for (int r = 0; r < ROWS; r++) {
      f32x4 factor = repeat(a + r * row_step);
      sums[r][0] = multiply_add(factor, left, sums[r][0]);
      sums[r][1] = multiply_add(factor, right, sums[r][1]);
    }
  }
}

// sum (8) += one row of A, without gaps, times a panel. Even and odd steps are summed apart, so that an addition does
// not wait for the one before. With four sums there would be too few registers: half as fast.
INLINE void multiply_1_row(const float *a, const float *panel, long k, f32x4 sum[2]) {
  f32x4 odd[2] = {splat(0), splat(0)};
  for (; k >= 2; k -= 2, a += 2, panel += 2 * COLUMNS)
    UNROLL for (int h = 0; h < 2; h++) {
      sum[h] = multiply_add(repeat(a), load(panel + 4 * h), sum[h]);
      odd[h] = multiply_add(repeat(a + 1), load(panel + COLUMNS + 4 * h), odd[h]);
    }
  UNROLL for (int h = 0; h < 2; h++) {
    if (k) sum[h] = multiply_add(repeat(a), load(panel + 4 * h), sum[h]);
    sum[h] = add(sum[h], odd[h]);
  }
}

// The first `count` of eight numbers; beyond them zeros are read and nothing is written.
INLINE void load_row(const float *from, long count, f32x4 row[2]) {
  float numbers[COLUMNS] = {0};
  if (count < COLUMNS) {
    for (long j = 0; j < count; j++) numbers[j] = from[j];
    from = numbers;
  }
  row[0] = load(from), row[1] = load(from + 4);
}

INLINE void store_row(float *to, long count, const f32x4 row[2]) {
  float numbers[COLUMNS];
  float *whole = count < COLUMNS ? numbers : to;
  store(whole, row[0]), store(whole + 4, row[1]);
  if (count < COLUMNS)
    for (long j = 0; j < count; j++) to[j] = numbers[j];
}

// A in the order in which the kernel reads it: four rows at a time as (k, 4), the rows that are left as they are; m * k
// floats. (Rows that lie a multiple of 4 KB apart would push each other out of the cache.)
static void pack_rows(const float *a, long m, long k, long row_step, long column_step, float *packed) {
  for (; m >= ROWS; m -= ROWS, a += ROWS * row_step)
    for (long j = 0; j < k; j++, packed += ROWS) {
      const float *column = a + j * column_step;
      if (row_step == 1) store(packed, load(column));
      else store(packed, wasm_f32x4_make(column[0], column[row_step], column[2 * row_step], column[3 * row_step]));
    }
  for (; m > 0; m--, a += row_step)
    for (long j = 0; j < k; j++) *packed++ = a[j * column_step];
}

// Eight columns of C, or the `columns` that are left: C = A panel + bias in each row, A from pack_rows. `c_step` leads
// from a row to the next; a null `bias` stands for zeros. Long sums are made in parts, which halves their error.
static void multiply_panel(const float *a, const float *panel, long m, long k, long columns, const float *bias,
                           float *c, long c_step) {
  f32x4 sums[ROWS][2];
  for (long i = 0; i < m;) {
    long rows = m - i >= ROWS ? ROWS : 1;
    UNROLL for (int r = 0; r < ROWS; r++)
      if (r < rows && bias) load_row(bias, columns, sums[r]);
      else sums[r][0] = sums[r][1] = splat(0);
    for (long done = 0; done < k; done += PART) {
      f32x4 part[ROWS][2];
      UNROLL for (int r = 0; r < ROWS; r++) part[r][0] = part[r][1] = splat(0);
      const float *left = a + i * k + done * rows, *right = panel + done * COLUMNS;
      if (rows == ROWS) multiply_4_rows(left, 1, ROWS, right, least(PART, k - done), part);
      else multiply_1_row(left, right, least(PART, k - done), part[0]);
      UNROLL for (int r = 0; r < ROWS; r++)
        UNROLL for (int h = 0; h < 2; h++) sums[r][h] = add(sums[r][h], part[r][h]);
    }
    UNROLL for (int r = 0; r < ROWS; r++)
      if (r < rows) store_row(c + (i + r) * c_step, columns, sums[r]);
    i += rows;
  }
}

// y (m, n) = x (m, k) B + bias (n), B in panels. A linear layer, and, with a row for each pixel, a 1x1 convolution.
void EXPORT(linear)(const float *x, long m, long k, const float *panels, const float *bias, long n, float *y) {
  uintptr_t before = top;
  float *rows = allocate(m * k);
  pack_rows(x, m, k, k, 1, rows);
  for (long j = 0; j < n; j += COLUMNS, panels += k * COLUMNS)
    multiply_panel(rows, panels, m, k, least(COLUMNS, n - j), bias ? bias + j : 0, y + j, n);
  top = before;
}

// C (m, n) = A B. a_transposed: A is stored as (k, m).
void EXPORT(multiply)(const float *a, const float *b, float *c, long m, long k, long n, int a_transposed) {
  uintptr_t before = top;
  float *rows = allocate(m * k), *panel = allocate(k * COLUMNS);
  pack_rows(a, m, k, a_transposed ? 1 : k, a_transposed ? m : 1, rows);
  for (long j = 0; j < n; j += COLUMNS) {
    pack_panel(b, k, n, n, 1, j, panel);
    multiply_panel(rows, panel, m, k, least(COLUMNS, n - j), 0, c + j, n);
  }
  top = before;
}

// ------------------------------------------------------------------------------------------------- 3. 3x3 convolutions
//
// y = bias + weight * activation(x gain + shift) [+ residual], with zeros around the picture. `gain` and `shift`
// (pictures, channels) may be null; so may `residual`, which may also be y itself. The activation is the leaky ReLU:
// slope 1 is none, slope 0 the plain ReLU.
//
// Winograd's algorithm F(4x4, 3x3) (Lavin & Gray 2016, arXiv:1509.09308): a tile of 4x4 outputs comes from 6x6 inputs d
// and the weights g as A^T [(G g G^T) (B^T d B)] A, where the product in brackets is elementwise: 36 multiplications
// in the place of 144. Over all tiles and channels, each of the 36 is a matrix product (tiles, in) (in, out).

#define TILE 4
#define POINTS 6   // of a transformed tile along one side
#define SPACING 16 // floats between the 36 matrices: without them all would start in the same set of the cache
#define GROUP 1024 // about so many numbers in each matrix at a time: they stay in the cache

INLINE f32x4 activated(f32x4 x, f32x4 slope) { return larger(x, mul(x, slope)); }

INLINE f32x4 prepared(const float *x, const float *gain, const float *shift, f32x4 slope) {
  return activated(gain ? multiply_add(load(x), load(gain), load(shift)) : load(x), slope);
}

// G g G^T of weight (out, in, 3, 3), in panels, one point after the other: 36 * in * round_up(out, 8) floats.
void EXPORT(pack_convolution)(const float *weight, long in, long out, float *panels) {
  static const double G[POINTS][3] = {{1. / 4, 0, 0},
                                      {-1. / 6, -1. / 6, -1. / 6},
                                      {-1. / 6, 1. / 6, -1. / 6},
                                      {1. / 24, 1. / 12, 1. / 6},
                                      {1. / 24, -1. / 12, 1. / 6},
                                      {0, 0, 1}};
  long wide = round_up(out, COLUMNS);
  for (long o = 0; o < wide; o++)
    for (long i = 0; i < in; i++) {
      double half[POINTS][3] = {{0}};
      const float *g = weight + (o * in + i) * 9;
      for (long p = 0; p < POINTS && o < out; p++)
        for (long x = 0; x < 3; x++) half[p][x] = G[p][0] * g[x] + G[p][1] * g[3 + x] + G[p][2] * g[6 + x];
      float *to = panels + (o / COLUMNS * in + i) * COLUMNS + o % COLUMNS;
      for (long p = 0; p < POINTS; p++)
        for (long q = 0; q < POINTS; q++, to += in * wide)
          *to = half[p][0] * G[q][0] + half[p][1] * G[q][1] + half[p][2] * G[q][2];
    }
}

// t = B^T d
INLINE void transform_input(const f32x4 d[POINTS], f32x4 t[POINTS]) {
  f32x4 two = splat(2), four = splat(4);
  f32x4 even = sub(d[4], mul(four, d[2])), odd = sub(d[3], mul(four, d[1]));
  f32x4 d42 = sub(d[4], d[2]), d31 = sub(d[3], d[1]), twice = mul(two, d31);
  t[0] = add(mul(four, sub(d[0], d[2])), d42);
  t[1] = add(even, odd);
  t[2] = sub(even, odd);
  t[3] = add(d42, twice);
  t[4] = sub(d42, twice);
  t[5] = sub(sub(d[5], d[3]), mul(four, d31));
}

// y = A^T m
INLINE void transform_output(const f32x4 m[POINTS], f32x4 y[TILE]) {
  f32x4 sum12 = add(m[1], m[2]), difference12 = sub(m[1], m[2]);
  f32x4 sum34 = add(m[3], m[4]), difference34 = sub(m[3], m[4]);
  y[0] = add(m[0], add(sum12, sum34));
  y[1] = multiply_add(splat(2), difference34, difference12);
  y[2] = multiply_add(splat(4), sum34, sum12);
  y[3] = add(multiply_add(splat(8), difference34, difference12), m[5]);
}

// B^T d of all columns of a row of tiles, whose first line of inputs is `line`: strip (6, across * 4 + 2, channels).
// The strip's first column and those beyond the picture stay as they are: zero.
static void transform_columns(const float *x, long size, long channels, long line, long strip_step, const float *gain,
                              const float *shift, float slope, float *strip) {
  for (long column = 0; column < size; column++)
    for (long c = 0; c < channels; c += 4) {
      f32x4 d[POINTS], t[POINTS];
      UNROLL for (long i = 0; i < POINTS; i++) {
        const float *pixel = x + ((line + i) * size + column) * channels + c;
        int inside = line + i >= 0 && line + i < size;
        d[i] = inside ? prepared(pixel, gain ? gain + c : 0, shift + c, splat(slope)) : splat(0);
      }
      transform_input(d, t);
      UNROLL for (long i = 0; i < POINTS; i++) store(strip + i * strip_step + (column + 1) * channels + c, t[i]);
    }
}

// (B^T d) B of a row of tiles: from the strip to 36 matrices (tiles, channels), `step` apart.
static void transform_rows(const float *strip, long across, long channels, long strip_step, float *matrices,
                           long step) {
  for (long i = 0; i < POINTS; i++, strip += strip_step, matrices += POINTS * step)
    for (long tile = 0; tile < across; tile++)
      for (long c = 0; c < channels; c += 4) {
        f32x4 d[POINTS], t[POINTS];
        UNROLL for (long j = 0; j < POINTS; j++) d[j] = load(strip + (tile * TILE + j) * channels + c);
        transform_input(d, t);
        UNROLL for (long j = 0; j < POINTS; j++) store(matrices + j * step + tile * channels + c, t[j]);
      }
}

// The 36 products: (tiles, in) (in, out), `tiles` a multiple of 4, `wide` the columns of all panels.
static void multiply_points(const float *a, long a_step, const float *panels, long tiles, long in, long wide, float *c,
                            long c_step) {
  for (long point = 0; point < POINTS * POINTS; point++, a += a_step, c += c_step)
    for (long o = 0; o < wide; o += COLUMNS, panels += in * COLUMNS)
      for (long tile = 0; tile < tiles; tile += ROWS) {
        f32x4 sums[ROWS][2];
        UNROLL for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = splat(0);
        multiply_4_rows(a + tile * in, in, 1, panels, in, sums);
        UNROLL for (int r = 0; r < ROWS; r++) {
          store(c + (tile + r) * wide + o, sums[r][0]);
          store(c + (tile + r) * wide + o + 4, sums[r][1]);
        }
      }
}

// A^T m A of a picture's tiles: from 36 matrices (tiles, wide), `step` apart, to y (size, size, channels).
static void transform_outputs(const float *matrices, long step, long wide, long size, long channels, const float *bias,
                              const float *residual, float *y) {
  for (long top_line = 0; top_line < size; top_line += TILE)
    for (long left = 0; left < size; left += TILE, matrices += wide)
      for (long c = 0; c < channels; c += 4) {
        f32x4 half[TILE][POINTS], result[TILE];
        UNROLL for (long j = 0; j < POINTS; j++) {
          f32x4 m[POINTS];
          UNROLL for (long i = 0; i < POINTS; i++) m[i] = load(matrices + (i * POINTS + j) * step + c);
          transform_output(m, result);
          UNROLL for (long i = 0; i < TILE; i++) half[i][j] = result[i];
        }
        f32x4 b = load(bias + c);
        for (long i = 0; i < TILE && top_line + i < size; i++) {
          transform_output(half[i], result);
          long at = ((top_line + i) * size + left) * channels + c;
          UNROLL for (long j = 0; j < TILE; j++, at += channels)
            if (left + j < size) {
              f32x4 value = add(result[j], b);
              store(y + at, residual ? add(value, load(residual + at)) : value);
            }
        }
      }
}

// x (pictures, size, size, in) to y (pictures, size, size, out); panels from pack_convolution, bias (out).
void EXPORT(convolve)(const float *x, long pictures, long size, long in, const float *gain, const float *shift,
                      float slope, const float *panels, const float *bias, long out, const float *residual, float *y) {
  uintptr_t before = top;
  long across = (size + TILE - 1) / TILE, tiles = across * across, wide = round_up(out, COLUMNS);
  long group = least(pictures, (GROUP + tiles * in - 1) / (tiles * in)), all = round_up(group * tiles, ROWS);
  long a_step = all * in + SPACING, c_step = all * wide + SPACING, strip_step = (across * TILE + 2) * in;
  float *strip = allocate(POINTS * strip_step);
  float *a = allocate(POINTS * POINTS * a_step), *c = allocate(POINTS * POINTS * c_step);
  for (long i = 0; i < POINTS * strip_step; i += 4) store(strip + i, splat(0));
  for (long first = 0; first < pictures; first += group) {
    group = least(group, pictures - first);
    for (long n = 0; n < group; n++)
      for (long row = 0; row < across; row++) {
        long modulation = (first + n) * in;
        transform_columns(x + (first + n) * size * size * in, size, in, row * TILE - 1, strip_step,
                          gain ? gain + modulation : 0, shift + modulation, slope, strip);
        transform_rows(strip, across, in, strip_step, a + (n * tiles + row * across) * in, a_step);
      }
    multiply_points(a, a_step, panels, round_up(group * tiles, ROWS), in, wide, c, c_step);
    for (long n = 0; n < group; n++) {
      long at = (first + n) * size * size * out;
      transform_outputs(c + n * tiles * wide, c_step, wide, size, out, bias, residual ? residual + at : 0, y + at);
    }
  }
  top = before;
}

// As convolve, to one channel: y (pictures, size, size), `size` a multiple of 4. Directly, with weight (9, in): a
// vector sums four channels, and four pixels are summed at a time.
void EXPORT(convolve_to_one)(const float *x, long pictures, long size, long in, const float *gain, const float *shift,
                             float slope, const float *weight, float bias, float *y) {
  uintptr_t before = top;
  long line = (size + 2) * in;
  float *padded = allocate((size + 2) * line); // the picture, prepared, with zeros around
  for (long i = 0; i < (size + 2) * line; i += 4) store(padded + i, splat(0));
  for (long n = 0; n < pictures; n++, gain += gain ? in : 0, shift += in) {
    for (long row = 0; row < size; row++)
      for (long column = 0; column < size; column++)
        for (long c = 0; c < in; c += 4, x += 4)
          store(padded + (row + 1) * line + (column + 1) * in + c,
                prepared(x, gain ? gain + c : 0, shift + c, splat(slope)));
    for (long row = 0; row < size; row++)
      for (long column = 0; column < size; column += 4, y += 4) {
        f32x4 s[4] = {splat(0), splat(0), splat(0), splat(0)};
        for (long c = 0; c < in; c += 4)
          UNROLL for (long i = 0; i < 3; i++) {
            const float *from = padded + (row + i) * line + column * in + c;
            f32x4 pixels[6];
            UNROLL for (long j = 0; j < 6; j++) pixels[j] = load(from + j * in);
            UNROLL for (long j = 0; j < 3; j++) {
              f32x4 w = load(weight + (i * 3 + j) * in + c);
              UNROLL for (long p = 0; p < 4; p++) s[p] = multiply_add(w, pixels[p + j], s[p]);
            }
          }
        // The sum of each of four vectors, as one vector.
        f32x4 s01 = add(wasm_i32x4_shuffle(s[0], s[1], 0, 4, 1, 5), wasm_i32x4_shuffle(s[0], s[1], 2, 6, 3, 7));
        f32x4 s23 = add(wasm_i32x4_shuffle(s[2], s[3], 0, 4, 1, 5), wasm_i32x4_shuffle(s[2], s[3], 2, 6, 3, 7));
        f32x4 sums = add(wasm_i64x2_shuffle(s01, s23, 0, 2), wasm_i64x2_shuffle(s01, s23, 1, 3));
        store(y, add(sums, splat(bias)));
      }
  }
  top = before;
}

// --------------------------------------------------------------------------------------------------------- 4. the rest

// A quarter of the way from a to b.
INLINE f32x4 quarter(f32x4 a, f32x4 b) { return add(mul(a, splat(0.75f)), mul(b, splat(0.25f))); }

// x (pictures, size, size, channels) to y (pictures, 2 size, 2 size, channels), bilinear, as torch's interpolate with
// align_corners=False: the four pixels that replace one lie a quarter of the way to its neighbours.
void EXPORT(upsample)(const float *x, long pictures, long size, long channels, float *y) {
  for (long n = 0; n < pictures; n++, x += size * size * channels)
    for (long row = 0; row < size; row++) {
      const float *lines[3] = {x + (row > 0 ? row - 1 : row) * size * channels, x + row * size * channels,
                               x + (row + 1 < size ? row + 1 : row) * size * channels};
      float *upper = y + (n * size + row) * 4 * size * channels, *lower = upper + 2 * size * channels;
      for (long column = 0; column < size; column++) {
        long before = column > 0 ? -channels : 0, after = column + 1 < size ? channels : 0;
        for (long c = 0; c < channels; c += 4) {
          f32x4 left[3], right[3];
          UNROLL for (int i = 0; i < 3; i++) {
            const float *from = lines[i] + column * channels + c;
            left[i] = quarter(load(from), load(from + before));
            right[i] = quarter(load(from), load(from + after));
          }
          long at = 2 * column * channels + c;
          store(upper + at, quarter(left[1], left[0]));
          store(upper + at + channels, quarter(right[1], right[0]));
          store(lower + at, quarter(left[1], left[2]));
          store(lower + at + channels, quarter(right[1], right[2]));
        }
      }
    }
}

// y = x gain + shift for x (pictures, pixels, channels): gain and shift are (channels) where `each` is 0, as in batch
// normalization, and (pictures, channels) where it is 1, as in modulation.
void EXPORT(scale_shift)(const float *x, long pictures, long pixels, long channels, const float *gain,
                         const float *shift, int each, float *y) {
  for (long n = 0; n < pictures; n++, gain += each * channels, shift += each * channels)
    for (long pixel = 0; pixel < pixels; pixel++)
      for (long c = 0; c < channels; c += 4, x += 4, y += 4)
        store(y, multiply_add(load(x), load(gain + c), load(shift + c)));
}

// What follows goes over `count` numbers, a multiple of 4; y may be x.

void EXPORT(leaky_relu)(const float *x, long count, float slope, float *y) {
  for (long i = 0; i < count; i += 4) store(y + i, activated(load(x + i), splat(slope)));
}

void EXPORT(clamp)(const float *x, long count, float low, float high, float *y) {
  for (long i = 0; i < count; i += 4) store(y + i, smaller(larger(load(x + i), splat(low)), splat(high)));
}

// e^x for x of -87 to 0: 2^n e^r with n a whole number and |r| <= ln(2) / 2, e^r by its Taylor series.
INLINE f32x4 exponential(f32x4 x) {
  static const float INVERSE_FACTORIALS[] = {1.f / 720, 1.f / 120, 1.f / 24, 1.f / 6, 1.f / 2, 1, 1};
  f32x4 n = wasm_f32x4_nearest(mul(x, splat(1.44269504f)));
  f32x4 r = sub(x, mul(n, splat(0.693147181f))), sum = splat(1.f / 5040);
  UNROLL for (int i = 0; i < 7; i++) sum = multiply_add(sum, r, splat(INVERSE_FACTORIALS[i]));
  f32x4 power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return mul(sum, power);
}

// tanh |x| = (1 - e) / (1 + e) with e = exp(-2 |x|), and the sign of x. Errors are below 2.5e-7.
void EXPORT(tanh)(const float *x, long count, float *y) {
  for (long i = 0; i < count; i += 4) {
    f32x4 value = load(x + i), e = exponential(mul(splat(-2), smaller(wasm_f32x4_abs(value), splat(20))));
    f32x4 size = wasm_f32x4_div(sub(splat(1), e), add(splat(1), e));
    store(y + i, wasm_v128_bitselect(value, size, wasm_i32x4_splat(INT32_MIN)));
  }
}

// Grey levels: -1 is 0, 1 is 255, rounded to the nearest (a half to the even one), as cgan.common.images.to_uint8.
void EXPORT(to_uint8)(const float *x, long count, uint8_t *levels) {
  for (long i = 0; i < count; i += 4) {
    f32x4 level = wasm_f32x4_nearest(mul(add(load(x + i), splat(1)), splat(127.5f)));
    v128_t words = wasm_i32x4_trunc_sat_f32x4(smaller(larger(level, splat(0)), splat(255)));
    v128_t bytes = wasm_u8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(words, words), words);
    wasm_v128_store32_lane(levels + i, bytes, 0);
  }
}
