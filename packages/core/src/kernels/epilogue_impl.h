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

// The steps of an epilogue that tiles do on their sums before they store them: all but the activations that compute
// more than limits. Pointers are those of the tile's first element.
template <class T>
struct Ending {
  const T *scale = nullptr, *bias = nullptr, *residual = nullptr;
  int64_t ld_residual = 0;
  T low = lowest_of<T>(), high = highest_of<T>();
  bool residual_last = false;

  Ending() = default;
  Ending(const Epilogue& e, int64_t i, int64_t j)
      : scale(e.scale == nullptr ? nullptr : static_cast<const T*>(e.scale) + j),
        bias(e.bias == nullptr ? nullptr : static_cast<const T*>(e.bias) + j),
        residual(e.residual == nullptr ? nullptr : static_cast<const T*>(e.residual) + i * e.ld_residual + j),
        ld_residual(e.ld_residual),
        residual_last(e.residual_last) {
    if (e.activation != Activation::kNone) low = 0;
    if (e.activation == Activation::kRelu6) high = 6;
  }
  // For the tile that begins some columns further on.
  Ending at(int64_t j) const {
    Ending other = *this;
    if (scale != nullptr) other.scale += j;
    if (bias != nullptr) other.bias += j;
    if (residual != nullptr) other.residual += j;
    return other;
  }
  // For the tile some rows further down.
  void advance(int64_t rows) {
    if (residual != nullptr) residual += rows * ld_residual;
  }

  template <int mr, int nv>
  void operator()(Vec<T> (&sums)[mr][nv]) const {
    constexpr int64_t lanes = VecOf<T>::kLanes;
    if (scale != nullptr) {
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) {
        const Vec<T> by = load<Vec<T>>(scale + v * lanes);
#pragma GCC unroll 16
        for (int i = 0; i < mr; ++i) sums[i][v] *= by;
      }
    }
    if (bias != nullptr) {
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) {
        const Vec<T> plus = load<Vec<T>>(bias + v * lanes);
#pragma GCC unroll 16
        for (int i = 0; i < mr; ++i) sums[i][v] += plus;
      }
    }
    if (residual != nullptr && !residual_last) add_residual(sums);
    const Vec<T> least = low - Vec<T>{}, most = high - Vec<T>{};
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) {
        const Vec<T> raised = sums[i][v] < least ? least : sums[i][v];
        sums[i][v] = raised > most ? most : raised;
      }
    }
    if (residual != nullptr && residual_last) add_residual(sums);
  }

 private:
  template <int mr, int nv>
  void add_residual(Vec<T> (&sums)[mr][nv]) const {
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) sums[i][v] += load<Vec<T>>(residual + i * ld_residual + v * VecOf<T>::kLanes);
    }
  }
};

// An epilogue, or none, of a result of any type.
template <class T>
struct Finish {
  static constexpr bool kCan = sizeof(T) == sizeof(float) && kIsFloat<T>;
  const Epilogue* epilogue = nullptr;
  T* c = nullptr;
  int64_t ldc = 0;

  void operator()(int64_t i0, int64_t i1, int64_t j0, int64_t j1) const {
    if constexpr (kCan) {
      if (epilogue != nullptr) finish(*epilogue, c, ldc, i0, i1, j0, j1);
    }
  }
  // Whether whole tiles do it with an Ending.
  bool ends_tiles() const {
    return kCan && epilogue != nullptr &&
           (epilogue->activation == Activation::kNone || epilogue->activation == Activation::kRelu ||
            epilogue->activation == Activation::kRelu6);
  }
};

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_EPILOGUE_IMPL_H_
