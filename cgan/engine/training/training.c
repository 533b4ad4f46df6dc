// Training of fully connected networks: the operations that engine.c lacks, all in float32.
//
//   1. memory traffic     how a layer's weights lie in memory, and Adam
//   2. linear layers      gradients by matrix products; a weight's gradient goes straight into Adam
//   3. batch normalization
//   4. the rest           activations, sums over rows, moving averages
//   5. for the judge      every second pixel of a feature map
//
// Gradients are named by a d: dy is the gradient of the loss at y. Sources of the formulas: Kingma & Ba 2015
// (arXiv:1412.6980), Ioffe & Szegedy 2015 (arXiv:1502.03167); details such as eps are PyTorch's.

#include "../engine.c"

// -------------------------------------------------------------------------------------------------- 1. memory traffic
//
// A weight W (outputs, inputs) is kept in the panels of `pack`, as B = W^T: for each eight outputs an (inputs, 8)
// block. The forward pass needs no packing then, and a tile of the gradient is contiguous in the weight.
//
// A step moves each weight and both its moments through memory, 24 bytes, besides reading it twice for the products.
// So the gradient is never stored: Adam takes a tile of it out of the registers in which it was summed.

// A parameter, with Adam's two moments and, or null, its exponential moving average (EMA).
typedef struct {
  float *value, *first, *second, *average;
} Parameter;

// The constants of one step, as schedule.js writes them. 1 - beta is computed in float64 there: from 0.999 in float32
// it would be wrong in the fifth digit.
typedef struct {
  float step;             // the learning rate / (1 - beta1^t)
  float beta1, renewal1;  // renewal: 1 - beta
  float beta2, renewal2;
  float correction;       // 1 / sqrt(1 - beta2^t)
  float epsilon;
  float renewal_average; // 1 - the decay of the EMA
} Adam;

// Adam's Algorithm 1 for the four numbers from `at` on, then the EMA.
INLINE void update_four(f32x4 gradient, long at, const Parameter *p, const Adam *a) {
  f32x4 square = mul(gradient, gradient);
  f32x4 first = add(mul(load(p->first + at), splat(a->beta1)), mul(gradient, splat(a->renewal1)));
  f32x4 second = add(mul(load(p->second + at), splat(a->beta2)), mul(square, splat(a->renewal2)));
  f32x4 size = multiply_add(wasm_f32x4_sqrt(second), splat(a->correction), splat(a->epsilon));
  f32x4 value = sub(load(p->value + at), mul(splat(a->step), wasm_f32x4_div(first, size)));
  store(p->first + at, first), store(p->second + at, second), store(p->value + at, value);
  if (!p->average) return;
  f32x4 average = load(p->average + at);
  store(p->average + at, multiply_add(sub(value, average), splat(a->renewal_average), average));
}

// `count` numbers of a parameter, a multiple of 4.
void EXPORT(update)(const float *gradient, long count, float *value, float *first, float *second, float *average,
                    const Adam *adam) {
  Parameter p = {value, first, second, average};
  for (long i = 0; i < count; i += 4) update_four(load(gradient + i), i, &p, adam);
}

// --------------------------------------------------------------------------------------------------- 2. linear layers

INLINE void transpose_4(const f32x4 rows[4], f32x4 columns[4]) {
  f32x4 low01 = wasm_i32x4_shuffle(rows[0], rows[1], 0, 4, 1, 5);
  f32x4 low23 = wasm_i32x4_shuffle(rows[2], rows[3], 0, 4, 1, 5);
  f32x4 high01 = wasm_i32x4_shuffle(rows[0], rows[1], 2, 6, 3, 7);
  f32x4 high23 = wasm_i32x4_shuffle(rows[2], rows[3], 2, 6, 3, 7);
  columns[0] = wasm_i64x2_shuffle(low01, low23, 0, 2), columns[1] = wasm_i64x2_shuffle(low01, low23, 1, 3);
  columns[2] = wasm_i64x2_shuffle(high01, high23, 0, 2), columns[3] = wasm_i64x2_shuffle(high01, high23, 1, 3);
}

// Inputs `first` to `first + 7` of W as a panel (round_up(n, 8), 8), from the panels of W^T; zeros beyond input k - 1.
static void pack_transposed(const float *panels, long k, long n, long first, float *panel) {
  panels += first * COLUMNS;
  long inside = least(k - first, COLUMNS);
  for (; n > 0; n -= COLUMNS, panels += k * COLUMNS, panel += COLUMNS * COLUMNS)
    for (long half = 0; half < COLUMNS; half += 4)    // of the outputs
      for (long input = 0; input < COLUMNS; input += 4) {
        f32x4 rows[4], columns[4];
        UNROLL for (long i = 0; i < 4; i++)
          rows[i] = input + i < inside ? load(panels + (input + i) * COLUMNS + half) : splat(0);
        transpose_4(rows, columns);
        UNROLL for (long i = 0; i < 4; i++) store(panel + (half + i) * COLUMNS + input, columns[i]);
      }
}

// dx (m, count) = dy (m, n) W, at the inputs `first` to `first + count - 1` of W (n, k).
void EXPORT(linear_backward)(const float *dy, long m, long n, const float *panels, long k, long first, long count,
                             float *dx) {
  uintptr_t before = top;
  float *rows = allocate(m * n), *panel = allocate(round_up(n, COLUMNS) * COLUMNS);
  pack_rows(dy, m, n, n, 1, rows);
  for (long j = 0; j < count; j += COLUMNS) {
    pack_transposed(panels, k, n, first + j, panel);
    multiply_panel(rows, panel, m, n, least(COLUMNS, count - j), 0, dx + j, count);
  }
  top = before;
}

// Adam with the gradient dy^T x of W (n, k), for x (m, k) and dy (m, n). All four of the parameter lie in panels.
void EXPORT(linear_update)(const float *x, const float *dy, long m, long k, long n, float *value, float *first,
                           float *second, float *average, const Adam *adam) {
  uintptr_t before = top;
  Parameter p = {value, first, second, average};
  float *rows = allocate(m * k), *panel = allocate(m * COLUMNS);
  pack_rows(x, k, m, 1, k, rows);
  for (long j = 0, at = 0; j < n; j += COLUMNS) {
    pack_panel(dy, m, n, n, 1, j, panel);
    for (long i = 0; i < k;) {
      f32x4 sums[ROWS][2];
      UNROLL for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = splat(0);
      long inputs = k - i >= ROWS ? ROWS : 1;
      if (inputs == ROWS) multiply_4_rows(rows + i * m, 1, ROWS, panel, m, sums);
      else multiply_1_row(rows + i * m, panel, m, sums[0]);
      UNROLL for (int r = 0; r < ROWS; r++)
        if (r < inputs) {
          update_four(sums[r][0], at + r * COLUMNS, &p, adam);
          update_four(sums[r][1], at + r * COLUMNS + 4, &p, adam);
        }
      i += inputs, at += inputs * COLUMNS;
    }
  }
  top = before;
}

// --------------------------------------------------------------------------------------------- 3. batch normalization
//
// y = normalized gain + shift, with normalized = (x - mean) scale and scale = 1 / sqrt(variance + eps), where mean and
// variance (biased) are those of a column of x (rows, columns). `columns` is a multiple of 4.

// sums (columns) of a b, or, where b is null, of a.
static void sum_columns(const float *a, const float *b, long rows, long columns, float *sums) {
  for (long c = 0; c < columns; c += 4) store(sums + c, splat(0));
  for (; rows > 0; rows--, a += columns, b += b ? columns : 0)
    for (long c = 0; c < columns; c += 4) {
      f32x4 value = b ? mul(load(a + c), load(b + c)) : load(a + c);
      store(sums + c, add(load(sums + c), value));
    }
}

// Also the running mean and the running (unbiased) variance, both renewed by the share `momentum`.
void EXPORT(normalize)(const float *x, long rows, long columns, float eps, const float *gain, const float *shift,
                       float momentum, float *running_mean, float *running_variance, float *normalized, float *scale,
                       float *y) {
  uintptr_t before = top;
  long count = rows * columns;
  float *mean = allocate(columns), *squares = allocate(columns);
  f32x4 share = splat(1.f / rows), kept = splat(1 - momentum), unbiased = splat(momentum / (rows - 1));
  sum_columns(x, 0, rows, columns, mean);
  for (long c = 0; c < columns; c += 4) store(mean + c, mul(load(mean + c), share));
  for (long i = 0; i < count; i += columns)
    for (long c = 0; c < columns; c += 4) store(normalized + i + c, sub(load(x + i + c), load(mean + c)));
  sum_columns(normalized, normalized, rows, columns, squares);
  for (long c = 0; c < columns; c += 4) {
    f32x4 sum = load(squares + c), deviation = wasm_f32x4_sqrt(multiply_add(sum, share, splat(eps)));
    store(scale + c, wasm_f32x4_div(splat(1), deviation));
    store(running_mean + c, multiply_add(load(running_mean + c), kept, mul(load(mean + c), splat(momentum))));
    store(running_variance + c, multiply_add(load(running_variance + c), kept, mul(sum, unbiased)));
  }
  for (long i = 0; i < count; i += columns)
    for (long c = 0; c < columns; c += 4) {
      f32x4 value = mul(load(normalized + i + c), load(scale + c));
      store(normalized + i + c, value);
      store(y + i + c, multiply_add(value, load(gain + c), load(shift + c)));
    }
  top = before;
}

// From dy to dx, which may be dy itself, and to the gradients of gain and shift (columns).
void EXPORT(normalize_backward)(const float *dy, long rows, long columns, const float *gain, const float *normalized,
                                const float *scale, float *dgain, float *dshift, float *dx) {
  f32x4 share = splat(1.f / rows);
  sum_columns(dy, normalized, rows, columns, dgain);
  sum_columns(dy, 0, rows, columns, dshift);
  for (long i = 0; i < rows * columns; i += columns)
    for (long c = 0; c < columns; c += 4) {
      f32x4 along = mul(load(dgain + c), share), mean = mul(load(dshift + c), share);
      f32x4 rest = sub(sub(load(dy + i + c), mean), mul(load(normalized + i + c), along));
      store(dx + i + c, mul(rest, mul(load(gain + c), load(scale + c))));
    }
}

// --------------------------------------------------------------------------------------------------------- 4. the rest
//
// Over `count` numbers, a multiple of 4; a result may take the place of an argument.

// From the result y of leaky_relu, which has the sign of its argument. At 0 the slope counts, as in PyTorch.
void EXPORT(leaky_relu_backward)(const float *dy, const float *y, long count, float slope, float *dx) {
  for (long i = 0; i < count; i += 4) {
    f32x4 gradient = load(dy + i), positive = wasm_f32x4_gt(load(y + i), splat(0));
    store(dx + i, wasm_v128_bitselect(gradient, mul(gradient, splat(slope)), positive));
  }
}

// From the result y of tanh.
void EXPORT(tanh_backward)(const float *dy, const float *y, long count, float *dx) {
  for (long i = 0; i < count; i += 4) {
    f32x4 value = load(y + i);
    store(dx + i, mul(load(dy + i), sub(splat(1), mul(value, value))));
  }
}

void EXPORT(product)(const float *a, const float *b, long count, float *y) {
  for (long i = 0; i < count; i += 4) store(y + i, mul(load(a + i), load(b + i)));
}

// The moving average goes the share `renewal` of the way to the value.
void EXPORT(approach)(float *average, const float *value, long count, float renewal) {
  for (long i = 0; i < count; i += 4) {
    f32x4 from = load(average + i);
    store(average + i, multiply_add(sub(load(value + i), from), splat(renewal), from));
  }
}

// Row i of x (rows, columns) times factors[i]. Here `columns` may be any number.
void EXPORT(scale_rows)(const float *x, const float *factors, long rows, long columns, float *y) {
  for (long i = 0; i < rows; i++, x += columns, y += columns) {
    long j = 0;
    for (; j + 4 <= columns; j += 4) store(y + j, mul(load(x + j), repeat(factors + i)));
    for (; j < columns; j++) y[j] = x[j] * factors[i];
  }
}

// The sums of the columns of x (groups, rows, columns), (groups, columns). Here `columns` may be any number.
void EXPORT(sum_rows)(const float *x, long groups, long rows, long columns, float *sums) {
  for (; groups > 0; groups--, sums += columns) {
    for (long j = 0; j < columns; j++) sums[j] = 0;
    for (long i = 0; i < rows; i++, x += columns) {
      long j = 0;
      for (; j + 4 <= columns; j += 4) store(sums + j, add(load(sums + j), load(x + j)));
      for (; j < columns; j++) sums[j] += x[j];
    }
  }
}

// ---------------------------------------------------------------------------------------------------- 5. for the judge

// Every second pixel of x (pictures, size, size, channels), each way: y (pictures, half, half, channels) with half =
// (size + 1) / 2. After a 3x3 convolution with zeros around, that is the convolution with stride 2.
void EXPORT(every_second)(const float *x, long pictures, long size, long channels, float *y) {
  for (; pictures > 0; pictures--, x += size * size * channels)
    for (long row = 0; row < size; row += 2)
      for (long column = 0; column < size; column += 2, y += channels)
        for (long c = 0; c < channels; c += 4) store(y + c, load(x + (row * size + column) * channels + c));
}
