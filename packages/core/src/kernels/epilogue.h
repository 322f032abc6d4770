// What a product or a convolution does to its result while it is still in the cache.
#ifndef TENSEGRA_KERNELS_EPILOGUE_H_
#define TENSEGRA_KERNELS_EPILOGUE_H_

#include <stdint.h>

namespace tg::kernels {

enum class Activation : int32_t { kNone, kRelu, kRelu6, kSigmoid, kTanh, kGeluTanh, kGeluErf, kSilu };

// float32. For the element v in row i and column (of a convolution: output channel) j, in this order:
//   v *= scale[j]; v += bias[j]; v += residual[i, j]; v = activation(v), or with `residual_last` the last two swapped.
// Null leaves a step out. Without `scale` the result is that of separate steps, to the bit (the activations made of
// several ops: to a few units in the last place); `scale` and `bias` may be contracted.
struct Epilogue {
  const void* scale = nullptr;
  const void* bias = nullptr;
  const void* residual = nullptr;  // may be the result's own memory, with its own stride
  int64_t ld_residual = 0;         // elements from one row to the next; convolutions take it as dense
  Activation activation = Activation::kNone;
  bool residual_last = false;

  bool empty() const {
    return scale == nullptr && bias == nullptr && residual == nullptr && activation == Activation::kNone;
  }
};

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_EPILOGUE_H_
