// The most that WebAssembly's 128-bit SIMD multiplies and adds on this machine: twelve sums that need not wait for each
// other and no memory. 12 * 4 * 2 operations a round.

#include <wasm_simd128.h>

#define CHAINS 12

__attribute__((export_name("peak"))) float peak(long rounds, float factor, float term) {
  v128_t sums[CHAINS], factors = wasm_f32x4_splat(factor), terms = wasm_f32x4_splat(term);
  for (int i = 0; i < CHAINS; i++) sums[i] = wasm_f32x4_splat(i);
  for (; rounds > 0; rounds--) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)
      sums[i] = wasm_f32x4_add(wasm_f32x4_mul(sums[i], factors), terms);
  }
  for (int i = 1; i < CHAINS; i++) sums[0] = wasm_f32x4_add(sums[0], sums[i]);
  return wasm_f32x4_extract_lane(sums[0], 0);
}
