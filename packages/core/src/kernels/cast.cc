// Conversion among the dtypes of numbers.
#include "kernels/half.h"

#include "kernels/elementwise.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kGrain = 32768;

// What a dtype is stored as; bool is told apart from uint8 by a type of its own.
struct Bool {
  uint8_t value;
};

template <class To, class From>
inline To convert(From x) {
  if constexpr (kIsFloat<From> && !kIsFloat<To>) {
    // Powers of two are exact in every float type.
    constexpr From above = From(uint64_t(1) << (sizeof(To) * 8 - 2)) * From(kIsSigned<To> ? 2 : 4);
    constexpr From below = kIsSigned<To> ? -above : From(0);
    const bool inside = (x < above) & (x > below);
    const To in_range = static_cast<To>(inside ? x : From(0));
    const To edge = x >= above ? highest_of<To>() : (x <= below ? lowest_of<To>() : To(0));
    return inside ? in_range : edge;
  } else {
    return static_cast<To>(x);
  }
}

template <class From, class To>
void convert_run(const void* x, void* y, int64_t n) {
  if constexpr (__is_same(To, Bool)) {
    uint8_t* to = static_cast<uint8_t*>(y);
    if constexpr (__is_same(From, Bool)) {
      const uint8_t* from = static_cast<const uint8_t*>(x);
      for (int64_t i = 0; i < n; ++i) to[i] = from[i] != 0;
    } else {
      const From* from = static_cast<const From*>(x);
      for (int64_t i = 0; i < n; ++i) to[i] = from[i] != From(0);
    }
  } else if constexpr (__is_same(From, Bool)) {
    const uint8_t* from = static_cast<const uint8_t*>(x);
    To* to = static_cast<To*>(y);
    for (int64_t i = 0; i < n; ++i) to[i] = static_cast<To>(from[i] != 0);
  } else {
    const From* from = static_cast<const From*>(x);
    To* to = static_cast<To*>(y);
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) to[i] = convert<To>(from[i]);
  }
}

using Run = void (*)(const void* x, void* y, int64_t n);

template <class F>
Run with_stored(DType dtype, const F& f) {
  switch (dtype) {
    case DType::kBool:
      return f(Tag<Bool>{});
    case DType::kFloat16:
    case DType::kBFloat16:
      return f(Tag<float>{});  // by way of float32
    default: {
      Run run = nullptr;
      with_number(dtype, [&](auto tag) {
        run = f(tag);
        return Status::kOk;
      });
      return run;
    }
  }
}

// Rounds so that a second rounding to a format of at most 22 bits gives what one rounding of the double
// would.
float round_to_odd(double x) {
  const float nearest = static_cast<float>(x);
  if (static_cast<double>(nearest) == x || nearest != nearest || __builtin_isinf(nearest)) return nearest;
  const uint32_t bits = bits_of(nearest);
  if (bits & 1) return nearest;
  const double gap = static_cast<double>(nearest) - x;
  const bool away = (gap > 0) == (nearest > 0);  // nearest lies beyond x, seen from zero
  return nearest == 0 ? float_from_bits((x < 0 ? 0x80000000u : 0u) | 1u)
                      : float_from_bits(away ? bits - 1 : bits + 1);
}

// Integers of more than 24 bits, like doubles, must not be rounded twice on the way to a half.
template <class T>
void odd_run(const void* x, float* y, int64_t n) {
  const T* from = static_cast<const T*>(x);
  for (int64_t i = 0; i < n; ++i) {
    double value = static_cast<double>(from[i]);
    if constexpr (!kIsFloat<T> && sizeof(T) == 8) {
      constexpr T exact = T(1) << 52;
      if (from[i] > exact || (kIsSigned<T> && from[i] < static_cast<T>(0 - exact))) {
        const T high =
            static_cast<T>(from[i] & ~T(0xfff));  // what a double would lose becomes one sticky bit
        value = static_cast<double>(high) + (from[i] != high ? 2048.0 : 0.0);
      }
    }
    y[i] = round_to_odd(value);
  }
}

// Elements of real dtypes, on this thread.
struct RealCast {
  DType from;
  DType to;
  Run run;
  int64_t from_size;
  int64_t to_size;

  RealCast(DType from_dtype, DType to_dtype) : from(from_dtype), to(to_dtype) {
    run = with_stored(from, [&](auto a) {
      return with_stored(to, [](auto b) -> Run {
        return convert_run<typename decltype(a)::type, typename decltype(b)::type>;
      });
    });
    from_size = static_cast<int64_t>(dtype_size(from));
    to_size = static_cast<int64_t>(dtype_size(to));
  }

  void operator()(const char* x, char* y, int64_t n) const {
    if (from == to && from != DType::kBool) {
      if (x != y) memcpy(y, x, static_cast<size_t>(n * to_size));
      return;
    }
    if (!is_half(from) && !is_half(to)) return run(x, y, n);
    float wide[kHalfTile];
    float tile[kHalfTile];
    for (int64_t i = 0; i < n; i += kHalfTile) {
      const int64_t count = min_of(kHalfTile, n - i);
      const void* source = x + i * from_size;
      char* target = y + i * to_size;
      if (is_half(from)) {
        widen(from, reinterpret_cast<const uint16_t*>(source), wide, count);
        source = wide;
      }
      if (!is_half(to)) {
        run(source, target, count);
        continue;
      }
      switch (from) {
        case DType::kFloat64:
          odd_run<double>(source, tile, count);
          break;
        case DType::kInt32:
          odd_run<int32_t>(source, tile, count);
          break;
        case DType::kUInt32:
          odd_run<uint32_t>(source, tile, count);
          break;
        case DType::kInt64:
          odd_run<int64_t>(source, tile, count);
          break;
        case DType::kUInt64:
          odd_run<uint64_t>(source, tile, count);
          break;
        default:
          run(source, tile, count);
      }
      narrow(to, tile, reinterpret_cast<uint16_t*>(target), count);
    }
  }
};

bool is_complex(DType dtype) { return dtype == DType::kComplex64 || dtype == DType::kComplex128; }
DType part_of(DType dtype) { return dtype == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64; }

// Every other element of `wide` to `dense`, or back with zeros between.
template <class T>
void real_parts(const void* wide, void* dense, int64_t n) {
  for (int64_t i = 0; i < n; ++i) static_cast<T*>(dense)[i] = static_cast<const T*>(wide)[2 * i];
}
template <class T>
void with_zeros(const void* dense, void* wide, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    static_cast<T*>(wide)[2 * i] = static_cast<const T*>(dense)[i];
    static_cast<T*>(wide)[2 * i + 1] = T(0);
  }
}

}  // namespace

Status cast(DType from, DType to, const void* x, void* y, int64_t n, const Parallel& parallel) {
  if (is_complex(from) && is_complex(to)) return TG_ISA::cast(part_of(from), part_of(to), x, y, 2 * n, parallel);
  const DType real_from = is_complex(from) ? part_of(from) : from;
  const DType real_to = is_complex(to) ? part_of(to) : to;
  const RealCast run(real_from, real_to);
  if (run.run == nullptr) return Status::kUnsupported;
  const int64_t from_size = static_cast<int64_t>(dtype_size(from));
  const int64_t to_size = static_cast<int64_t>(dtype_size(to));
  const char* px = static_cast<const char*>(x);
  char* py = static_cast<char*>(y);
  parallel_range(parallel, n, kGrain, [&](int64_t begin, int64_t end) {
    const char* source = px + begin * from_size;
    char* target = py + begin * to_size;
    if (from == real_from && to == real_to) return run(source, target, end - begin);
    double tile[kHalfTile];
    char* parts = reinterpret_cast<char*>(tile);
    for (int64_t i = begin; i < end; i += kHalfTile) {
      const int64_t count = min_of(kHalfTile, end - i);
      if (from != real_from) {
        (from == DType::kComplex64 ? real_parts<float> : real_parts<double>)(source, parts, count);
        run(parts, target, count);
      } else {
        run(source, parts, count);
        (to == DType::kComplex64 ? with_zeros<float> : with_zeros<double>)(parts, target, count);
      }
      source += count * from_size;
      target += count * to_size;
    }
  });
  return Status::kOk;
}

}  // namespace tg::kernels::TG_ISA
