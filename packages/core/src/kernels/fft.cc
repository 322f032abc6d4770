// Mixed radix 2, 3, 4, 5 (self-sorting, C. Temperton, J. Comput. Phys. 52, 1983); other lengths as a convolution of a
// smooth length (L. Bluestein, 1970), which runs in float64 so that float32 results stay exact. Compiled once.
#include "kernels/fft.h"

#include <math.h>
#include <string.h>

#include <initializer_list>
#include <type_traits>

namespace tg::kernels {
namespace {

constexpr int64_t kMaxFactors = 64;
constexpr double kPi = 3.14159265358979323846;

int64_t min_of(int64_t x, int64_t y) { return x < y ? x : y; }
size_t aligned(size_t bytes) { return (bytes + 63) & ~size_t{63}; }

template <class R>
struct Complex {
  R re, im;
};
template <class R>
Complex<R> operator+(Complex<R> x, Complex<R> y) {
  return {x.re + y.re, x.im + y.im};
}
template <class R>
Complex<R> operator-(Complex<R> x, Complex<R> y) {
  return {x.re - y.re, x.im - y.im};
}
template <class R>
Complex<R> operator*(Complex<R> x, Complex<R> y) {
  return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}
template <class R>
Complex<R> operator*(Complex<R> x, R y) {
  return {x.re * y, x.im * y};
}
template <class R>
Complex<R> conjugate(Complex<R> x) {
  return {x.re, -x.im};
}
// Times -i.
template <class R>
Complex<R> turned(Complex<R> x) {
  return {x.im, -x.re};
}

// exp(-2 pi i k / n)
template <class R>
Complex<R> root_of_unity(int64_t k, int64_t n) {
  // Within an eighth of the circle sine and cosine are exact to the last bits.
  k %= n;
  const int64_t eighth = 8 * k / n;
  double angle;
  if (eighth == 0 || eighth == 7) {
    angle = 2.0 * kPi * static_cast<double>(eighth == 0 ? k : k - n) / static_cast<double>(n);
    return {static_cast<R>(cos(angle)), static_cast<R>(-sin(angle))};
  }
  if (eighth == 3 || eighth == 4) {
    angle = kPi * static_cast<double>(2 * k - n) / static_cast<double>(n);
    return {static_cast<R>(-cos(angle)), static_cast<R>(sin(angle))};
  }
  const bool upper = eighth < 3;  // a quarter of the circle, or three
  angle = 0.5 * kPi * static_cast<double>(4 * k - (upper ? n : 3 * n)) / static_cast<double>(n);
  return upper ? Complex<R>{static_cast<R>(-sin(angle)), static_cast<R>(-cos(angle))}
               : Complex<R>{static_cast<R>(sin(angle)), static_cast<R>(cos(angle))};
}

struct Factors {
  int64_t count = 0;
  int64_t values[kMaxFactors];
  bool smooth = true;

  explicit Factors(int64_t n) {
    for (int64_t factor : {4, 2, 3, 5})
      while (n % factor == 0) {
        values[count++] = factor;
        n /= factor;
      }
    smooth = n == 1;
  }
};

bool is_smooth(int64_t n) {
  for (int64_t factor : {2, 3, 5})
    while (n % factor == 0) n /= factor;
  return n == 1;
}

// The least smooth length from n on.
int64_t next_smooth(int64_t n) {
  while (!is_smooth(n)) ++n;
  return n;
}

// One stage: `groups` transforms of `radix` points, with `step` of them side by side.
template <class R, int radix>
void stage(int64_t step, int64_t groups, const Complex<R>* in, Complex<R>* out, const Complex<R>* twiddles) {
  using C = Complex<R>;
  for (int64_t g = 0; g < groups; ++g) {
    const C* x = in + g * radix * step;
    C* y = out + g * step;
    for (int64_t i = 0; i < step; ++i) {
      C result[radix];
      if constexpr (radix == 2) {
        const C a = x[i], b = x[i + step];
        result[0] = a + b;
        result[1] = a - b;
      } else if constexpr (radix == 3) {
        const R half = static_cast<R>(-0.5), sine = static_cast<R>(0.86602540378443864676);
        const C a = x[i], sum = x[i + step] + x[i + 2 * step];
        const C difference = turned(x[i + step] - x[i + 2 * step]) * sine;
        const C middle = a + sum * half;
        result[0] = a + sum;
        result[1] = middle + difference;
        result[2] = middle - difference;
      } else if constexpr (radix == 4) {
        const C even = x[i] + x[i + 2 * step], even_less = x[i] - x[i + 2 * step];
        const C odd = x[i + step] + x[i + 3 * step], odd_less = turned(x[i + step] - x[i + 3 * step]);
        result[0] = even + odd;
        result[1] = even_less + odd_less;
        result[2] = even - odd;
        result[3] = even_less - odd_less;
      } else {
        const R c1 = static_cast<R>(0.30901699437494742410), c2 = static_cast<R>(-0.80901699437494742410);
        const R s1 = static_cast<R>(0.95105651629515357212), s2 = static_cast<R>(0.58778525229247312917);
        const C a = x[i];
        const C sum1 = x[i + step] + x[i + 4 * step], less1 = x[i + step] - x[i + 4 * step];
        const C sum2 = x[i + 2 * step] + x[i + 3 * step], less2 = x[i + 2 * step] - x[i + 3 * step];
        const C middle1 = a + sum1 * c1 + sum2 * c2, middle2 = a + sum1 * c2 + sum2 * c1;
        const C side1 = turned(less1 * s1 + less2 * s2), side2 = turned(less1 * s2 - less2 * s1);
        result[0] = a + sum1 + sum2;
        result[1] = middle1 + side1;
        result[2] = middle2 + side2;
        result[3] = middle2 - side2;
        result[4] = middle1 - side1;
      }
      y[i] = result[0];
      for (int j = 1; j < radix; ++j) y[i + j * groups * step] = result[j] * twiddles[(j - 1) * step + i];
    }
  }
}

// The twiddles of all stages, in their order: n - 1 numbers.
template <class R>
void make_twiddles(int64_t n, Complex<R>* out) {
  const Factors factors(n);
  int64_t groups = 1;
  for (int64_t f = 0; f < factors.count; ++f) {
    const int64_t radix = factors.values[f], step = n / (groups * radix);
    for (int64_t j = 1; j < radix; ++j)
      for (int64_t i = 0; i < step; ++i) *out++ = root_of_unity<R>(j * groups * i, n);
    groups *= radix;
  }
}

// A smooth transform; the result is where it returns: in data or in other.
template <class R>
Complex<R>* transform_smooth(int64_t n, Complex<R>* data, Complex<R>* other, const Complex<R>* twiddles) {
  const Factors factors(n);
  int64_t groups = 1;
  for (int64_t f = 0; f < factors.count; ++f) {
    const int64_t radix = factors.values[f], step = n / (groups * radix);
    switch (radix) {
      case 2:
        stage<R, 2>(step, groups, data, other, twiddles);
        break;
      case 3:
        stage<R, 3>(step, groups, data, other, twiddles);
        break;
      case 4:
        stage<R, 4>(step, groups, data, other, twiddles);
        break;
      default:
        stage<R, 5>(step, groups, data, other, twiddles);
    }
    twiddles += (radix - 1) * step;
    groups *= radix;
    Complex<R>* swapped = data;
    data = other;
    other = swapped;
  }
  return data;
}

// Tables and buffers of a complex transform of any length.
template <class R>
struct Plan {
  int64_t n, padded;  // padded: of Bluestein's convolution; 0 where n is smooth

  explicit Plan(int64_t length) : n(length), padded(is_smooth(length) ? 0 : next_smooth(2 * length - 1)) {}
  int64_t table_count() const { return padded ? n + 2 * padded : n; }  // chirp, its transform, twiddles
  int64_t buffer_count() const { return padded ? 2 * padded + n : 2 * n; }

  void make_tables(Complex<R>* tables, Complex<R>* buffer) const {
    if (!padded) return make_twiddles(n, tables);
    Complex<R>*chirp = tables, *kernel = tables + n, *twiddles = kernel + padded;
    make_twiddles(padded, twiddles);
    for (int64_t k = 0; k < n; ++k) {
      // k^2 modulo 2 n, without overflow
      const int64_t square = static_cast<int64_t>(static_cast<unsigned __int128>(k) * k % (2 * n));
      chirp[k] = root_of_unity<R>(square, 2 * n);
    }
    Complex<R>* other = buffer + padded;
    for (int64_t k = 0; k < padded; ++k) buffer[k] = {0, 0};
    for (int64_t k = 0; k < n; ++k) {
      buffer[k] = conjugate(chirp[k]);
      if (k > 0) buffer[padded - k] = conjugate(chirp[k]);
    }
    const Complex<R>* found = transform_smooth(padded, buffer, other, twiddles);
    for (int64_t k = 0; k < padded; ++k) kernel[k] = found[k] * (R(1) / static_cast<R>(padded));
  }

  // buffer[0, n) is the input; the result is where it returns.
  Complex<R>* run(const Complex<R>* tables, Complex<R>* buffer) const {
    if (!padded) return transform_smooth(n, buffer, buffer + n, tables);
    const Complex<R>*chirp = tables, *kernel = tables + n, *twiddles = kernel + padded;
    Complex<R>* other = buffer + padded;
    for (int64_t k = 0; k < n; ++k) buffer[k] = buffer[k] * chirp[k];
    for (int64_t k = n; k < padded; ++k) buffer[k] = {0, 0};
    Complex<R>* spectrum = transform_smooth(padded, buffer, other, twiddles);
    // The inverse transform is the conjugate of the transform of the conjugate.
    for (int64_t k = 0; k < padded; ++k) spectrum[k] = conjugate(spectrum[k] * kernel[k]);
    Complex<R>* convolved = transform_smooth(padded, spectrum, spectrum == buffer ? other : buffer, twiddles);
    Complex<R>* out = buffer + 2 * padded;
    for (int64_t k = 0; k < n; ++k) out[k] = conjugate(convolved[k]) * chirp[k];
    return out;
  }
};

// Lines in storage of S, computed in R.
template <class S, class R>
struct Lines {
  const Fft& fft;
  Plan<R> plan;
  bool half;  // a real transform of even length as a complex one of half the length
  const S* x;
  S* y;
  Complex<R>* tables;
  Complex<R>* rotations;  // exp(-2 pi i k / n), for halves
  Complex<R>* buffers;
  int64_t buffer_stride, chunks;

  static bool is_half(const Fft& fft) { return fft.kind != FftKind::kComplex && fft.n % 2 == 0; }
  static int64_t length(const Fft& fft) { return is_half(fft) ? fft.n / 2 : fft.n; }
  static int64_t chunk_count(const Fft& fft) {
    const int64_t lines = fft.outer * fft.inner;
    const int64_t worth = lines * fft.n / 16384;
    return worth < 1 ? 1 : min_of(min_of(worth, 16), lines < 1 ? 1 : lines);
  }
  static size_t bytes(const Fft& fft) {
    const Plan<R> plan(length(fft));
    const size_t size = sizeof(Complex<R>);
    return aligned(static_cast<size_t>(plan.table_count()) * size) +
           aligned(static_cast<size_t>(is_half(fft) ? fft.n / 2 + 1 : 0) * size) +
           aligned(static_cast<size_t>(plan.buffer_count() + fft.n + 2) * size) * static_cast<size_t>(chunk_count(fft));
  }

  Lines(const Fft& f, const void* in, void* out, void* workspace)
      : fft(f), plan(length(f)), half(is_half(f)), x(static_cast<const S*>(in)), y(static_cast<S*>(out)) {
    char* at = static_cast<char*>(workspace);
    const size_t size = sizeof(Complex<R>);
    tables = reinterpret_cast<Complex<R>*>(at);
    at += aligned(static_cast<size_t>(plan.table_count()) * size);
    rotations = reinterpret_cast<Complex<R>*>(at);
    at += aligned(static_cast<size_t>(half ? f.n / 2 + 1 : 0) * size);
    buffers = reinterpret_cast<Complex<R>*>(at);
    buffer_stride = static_cast<int64_t>(aligned(static_cast<size_t>(plan.buffer_count() + f.n + 2) * size) / size);
    chunks = chunk_count(f);
    plan.make_tables(tables, buffers);
    for (int64_t k = 0; half && k <= f.n / 2; ++k) rotations[k] = root_of_unity<R>(k, f.n);
  }

  Complex<R> complex_in(int64_t line, int64_t j) const {
    if (j >= fft.in_size) return {0, 0};
    if (fft.real_spectrum) return {static_cast<R>(x[place(line, j, fft.in_size)]), 0};
    const S* at = x + 2 * place(line, j, fft.in_size);
    return {static_cast<R>(at[0]), static_cast<R>(at[1])};
  }
  R real_in(int64_t line, int64_t j) const {
    return j < fft.in_size ? static_cast<R>(x[place(line, j, fft.in_size)]) : R(0);
  }
  void complex_out(int64_t line, int64_t j, Complex<R> value) const {
    const R scale = static_cast<R>(fft.scale);
    if (fft.real_spectrum) {
      y[place(line, j, fft.out_size)] = static_cast<S>(value.re * scale);
      return;
    }
    S* at = y + 2 * place(line, j, fft.out_size);
    at[0] = static_cast<S>(value.re * scale);
    at[1] = static_cast<S>(value.im * scale);
  }
  void real_out(int64_t line, int64_t j, R value) const {
    if (j < fft.out_size) y[place(line, j, fft.out_size)] = static_cast<S>(value * static_cast<R>(fft.scale));
  }
  int64_t place(int64_t line, int64_t j, int64_t size) const {
    return (line / fft.inner * size + j) * fft.inner + line % fft.inner;
  }

  void complex_line(int64_t line, Complex<R>* buffer) const {
    // The inverse transform is the transform with the parts exchanged, before and after.
    for (int64_t j = 0; j < fft.n; ++j) {
      const Complex<R> value = complex_in(line, j);
      buffer[j] = fft.inverse ? Complex<R>{value.im, value.re} : value;
    }
    const Complex<R>* found = plan.run(tables, buffer);
    for (int64_t k = 0; k < min_of(fft.n, fft.out_size); ++k)
      complex_out(line, k, fft.inverse ? Complex<R>{found[k].im, found[k].re} : found[k]);
    for (int64_t k = fft.n; k < fft.out_size; ++k) complex_out(line, k, {0, 0});
  }

  // What stands for itself and its conjugate.
  bool is_double(int64_t k) const { return k != 0 && 2 * k != fft.n; }

  void real_to_complex_line(int64_t line, Complex<R>* buffer) const {
    const int64_t h = fft.n / 2;
    if (half) {
      for (int64_t j = 0; j < h; ++j) buffer[j] = {real_in(line, 2 * j), real_in(line, 2 * j + 1)};
    } else {
      for (int64_t j = 0; j < fft.n; ++j) buffer[j] = {real_in(line, j), 0};
    }
    const Complex<R>* found = plan.run(tables, buffer);
    for (int64_t k = 0; k < fft.out_size; ++k) {
      Complex<R> value = {0, 0};
      if (k <= h && half) {
        const Complex<R> a = found[k == h ? 0 : k], b = conjugate(found[k == 0 ? 0 : h - k]);
        value = ((a + b) + turned(a - b) * rotations[k]) * R(0.5);
      } else if (k <= h) {
        value = found[k];
      }
      if (k <= h && fft.fold && is_double(k)) value = value * R(2);
      complex_out(line, k, value);
    }
  }

  Complex<R> half_in(int64_t line, int64_t k) const {
    Complex<R> value = complex_in(line, k);
    if (!is_double(k)) value.im = 0;
    return fft.fold && is_double(k) ? value * R(0.5) : value;
  }

  void complex_to_real_line(int64_t line, Complex<R>* buffer) const {
    const int64_t h = fft.n / 2;
    // Parts exchanged, since this is an inverse transform.
    if (half) {
      for (int64_t k = 0; k < h; ++k) {
        const Complex<R> a = half_in(line, k), b = conjugate(half_in(line, h - k));
        const Complex<R> odd = (a - b) * conjugate(rotations[k]);
        const Complex<R> value = (a + b) - turned(odd);
        buffer[k] = {value.im, value.re};
      }
    } else {
      for (int64_t k = 0; k < fft.n; ++k) {
        const Complex<R> value = k <= h ? half_in(line, k) : conjugate(half_in(line, fft.n - k));
        buffer[k] = {value.im, value.re};
      }
    }
    const Complex<R>* found = plan.run(tables, buffer);
    if (half) {
      for (int64_t j = 0; j < h; ++j) {
        real_out(line, 2 * j, found[j].im);
        real_out(line, 2 * j + 1, found[j].re);
      }
    } else {
      for (int64_t j = 0; j < fft.n; ++j) real_out(line, j, found[j].im);
    }
    for (int64_t j = fft.n; j < fft.out_size; ++j) real_out(line, j, 0);
  }

  static void chunk(void* self, int64_t index) {
    const Lines& lines = *static_cast<const Lines*>(self);
    const int64_t count = lines.fft.outer * lines.fft.inner;
    Complex<R>* buffer = lines.buffers + index * lines.buffer_stride;
    for (int64_t line = count * index / lines.chunks; line < count * (index + 1) / lines.chunks; ++line) {
      switch (lines.fft.kind) {
        case FftKind::kComplex:
          lines.complex_line(line, buffer);
          break;
        case FftKind::kRealToComplex:
          lines.real_to_complex_line(line, buffer);
          break;
        case FftKind::kComplexToReal:
          lines.complex_to_real_line(line, buffer);
      }
    }
  }
};

template <class F>
Status with_types(const Fft& fft, const F& f) {
  const bool smooth = is_smooth(Lines<double, double>::length(fft));
  if (fft.dtype == DType::kFloat64) return f(static_cast<Lines<double, double>*>(nullptr));
  if (fft.dtype != DType::kFloat32) return Status::kUnsupported;
  return smooth ? f(static_cast<Lines<float, float>*>(nullptr)) : f(static_cast<Lines<float, double>*>(nullptr));
}

}  // namespace

int64_t fft_in_length(const Fft& fft) { return fft.kind == FftKind::kComplexToReal ? fft.n / 2 + 1 : fft.n; }
int64_t fft_out_length(const Fft& fft) { return fft.kind == FftKind::kRealToComplex ? fft.n / 2 + 1 : fft.n; }

size_t fft_workspace_bytes(const Fft& fft) {
  size_t bytes = 0;
  with_types(fft, [&](auto* type) {
    bytes = std::remove_pointer_t<decltype(type)>::bytes(fft);
    return Status::kOk;
  });
  return bytes;
}

Status fft(const Fft& fft, const void* x, void* y, const Parallel& parallel, void* workspace) {
  if (fft.n < 1) return Status::kBadShape;
  return with_types(fft, [&](auto* type) {
    std::remove_pointer_t<decltype(type)> lines(fft, x, y, workspace);
    if (lines.chunks == 1 || parallel.run == nullptr) {
      for (int64_t i = 0; i < lines.chunks; ++i) lines.chunk(&lines, i);
    } else {
      parallel.run(parallel.self, lines.chunks, &lines.chunk, &lines);
    }
    return Status::kOk;
  });
}

}  // namespace tg::kernels
