// The steps of an epilogue on a block of the result that was just computed.
#ifndef TENSEGRA_KERNELS_EPILOGUE_IMPL_H_
#define TENSEGRA_KERNELS_EPILOGUE_IMPL_H_

#include "kernels/epilogue.h"
#include "kernels/vmath.h"

namespace tg::kernels::TG_ISA {

template <Activation activation>
inline VF activated(VF v) {
  if constexpr (activation == Activation::kRelu) return pick(v < 0.0f, VF{}, v);
  if constexpr (activation == Activation::kRelu6) {
    const VF low = pick(v < 0.0f, VF{}, v);
    return pick(low > 6.0f, splat(6.0f), low);
  }
  if constexpr (activation == Activation::kSigmoid) return vsigmoid(v);
  if constexpr (activation == Activation::kTanh) return vtanh(v);
  if constexpr (activation == Activation::kGeluTanh) {
    return (v * 0.5f) * (vtanh((v + (v * v * v) * 0.044715f) * 0.7978845608028654f) + 1.0f);
  }
  if constexpr (activation == Activation::kGeluErf) return (v * 0.5f) * (verf(v * 0.7071067811865476f) + 1.0f);
  if constexpr (activation == Activation::kSilu) return v * vsigmoid(v);
  return v;
}

// Up to kLanes floats.
inline VF load_some(const float* from, int64_t count) {
  VF v{};
  memcpy(&v, from, static_cast<size_t>(count) * sizeof(float));
  return v;
}

template <Activation activation>
__attribute__((noinline)) void finish_as(const Epilogue& e, float* c, int64_t ldc, int64_t i0, int64_t i1, int64_t j0,
                                         int64_t j1) {
  const float *scale = static_cast<const float*>(e.scale), *bias = static_cast<const float*>(e.bias);
  const float* residual = static_cast<const float*>(e.residual);
  const bool first = residual != nullptr && !e.residual_last, last = residual != nullptr && e.residual_last;
  for (int64_t j = j0; j < j1; j += kLanes) {
    const int64_t count = min_of<int64_t>(kLanes, j1 - j);
    const bool whole = count == kLanes;
    const VF by = scale == nullptr ? VF{} : load_some(scale + j, count);
    const VF plus = bias == nullptr ? VF{} : load_some(bias + j, count);
    for (int64_t i = i0; i < i1; ++i) {
      float* to = c + i * ldc + j;
      VF v = whole ? load<VF>(to) : load_some(to, count);
      if (scale != nullptr) v *= by;
      if (bias != nullptr) v += plus;
      VF other{};
      if (residual != nullptr) {
        const float* from = residual + i * e.ld_residual + j;
        other = whole ? load<VF>(from) : load_some(from, count);
      }
      if (first) v += other;
      v = activated<activation>(v);
      if (last) v += other;
      if (whole) store(to, v);
      else memcpy(to, &v, static_cast<size_t>(count) * sizeof(float));
    }
  }
}

// The rows [i0, i1) and the columns [j0, j1) of the result c.
inline void finish(const Epilogue& e, float* c, int64_t ldc, int64_t i0, int64_t i1, int64_t j0, int64_t j1) {
  switch (e.activation) {
    case Activation::kNone:
      return finish_as<Activation::kNone>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kRelu:
      return finish_as<Activation::kRelu>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kRelu6:
      return finish_as<Activation::kRelu6>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kSigmoid:
      return finish_as<Activation::kSigmoid>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kTanh:
      return finish_as<Activation::kTanh>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kGeluTanh:
      return finish_as<Activation::kGeluTanh>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kGeluErf:
      return finish_as<Activation::kGeluErf>(e, c, ldc, i0, i1, j0, j1);
    case Activation::kSilu:
      return finish_as<Activation::kSilu>(e, c, ldc, i0, i1, j0, j1);
  }
}

// An epilogue, or none, of a result of any type.
template <class T>
struct Finish {
  const Epilogue* epilogue = nullptr;
  T* c = nullptr;
  int64_t ldc = 0;

  void operator()(int64_t i0, int64_t i1, int64_t j0, int64_t j1) const {
    if constexpr (sizeof(T) == sizeof(float) && kIsFloat<T>) {
      if (epilogue != nullptr) finish(*epilogue, c, ldc, i0, i1, j0, j1);
    }
  }
};

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_EPILOGUE_IMPL_H_
