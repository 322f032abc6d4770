// Functions of square matrices: exp, log, square root.
#include "ops/linalg/lapack.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_square(c.dims(0), "input");
  c.set_output(0, c.dtype(0), c.dims(0));
}

// Matrix products of the library that LAPACK brings; to it all matrices are transposed.
template <class T>
class Multiply {
 public:
  explicit Multiply(int n) : gemm_("gemm"), n_(n) {}
  // out = a b, row-major
  void operator()(const T* a, const T* b, T* out) const {
    T one(1), zero(0);
    gemm_("N", "N", n_, n_, n_, &one, b, n_, a, n_, &zero, out, n_);
  }

 private:
  Routine<T> gemm_;
  int n_;
};

template <class R>
using Complex = std::complex<R>;

template <class T>
RealOf<T> norm_1(const T* a, int64_t n) {
  RealOf<T> greatest = 0;
  for (int64_t j = 0; j < n; ++j) {
    RealOf<T> sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += std::abs(a[i * n + j]);
    greatest = std::max(greatest, sum);
  }
  return greatest;
}

// N. Higham, "The scaling and squaring method for the matrix exponential revisited", SIAM J. Matrix Anal. Appl. 26,
// 2005: the quotient of two polynomials of degree 13, of the matrix scaled so that it is accurate.
template <class T>
void exponentials(KernelContext& c) {
  static const double kPolynomial[] = {64764752532480000., 32382376266240000., 7771770303897600., 1187353796428800.,
                                       129060195264000.,   10559470521600.,    670442572800.,     33522128640.,
                                       1323241920.,        40840800.,          960960.,           16380.,
                                       182.,               1.};
  constexpr double kAccurate = 5.371920351148152;
  using R = RealOf<T>;
  Dims dims = c.dims(0);
  int64_t n = columns_of(dims), elements = n * n;
  int order = lapack_size(n, dims);
  Multiply<T> multiply(order);
  Routine<T> getrf("getrf"), getrs("getrs");
  Places places;
  size_t all_at = places.add<T>(7 * elements), pivots_at = places.add<int>(n);
  const T* in = c.input<T>(0);
  T* out = c.output<T>(0);
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), 30 * size * size * size, places.total(),
                  [&](int64_t index, void* scratch) {
    T* result = out + index * elements;
    T* a = at<T>(scratch, all_at);
    T *a2 = a + elements, *a4 = a2 + elements, *a6 = a4 + elements, *odd = a6 + elements, *even = odd + elements,
      *temporary = even + elements;
    std::copy_n(in + index * elements, elements, a);
    if (n == 0) return;
    if (!all_finite(a, elements)) return fill_nan(result, elements);
    double norm = norm_1(a, n);
    int squarings = norm > kAccurate ? static_cast<int>(std::ceil(std::log2(norm / kAccurate))) : 0;
    R scale = static_cast<R>(std::ldexp(1.0, -squarings));
    for (int64_t i = 0; i < elements; ++i) a[i] *= scale;
    multiply(a, a, a2);
    multiply(a2, a2, a4);
    multiply(a2, a4, a6);
    auto combine = [&](int highest, int lowest, T* upper, T* both) {  // a6 (b a6 + b a4 + b a2) + b a6 + ... + b I
      for (int64_t i = 0; i < elements; ++i)
        upper[i] = a6[i] * static_cast<R>(kPolynomial[highest]) + a4[i] * static_cast<R>(kPolynomial[highest - 2]) +
                   a2[i] * static_cast<R>(kPolynomial[highest - 4]);
      multiply(a6, upper, both);
      for (int64_t i = 0; i < elements; ++i)
        both[i] += a6[i] * static_cast<R>(kPolynomial[highest - 6]) + a4[i] * static_cast<R>(kPolynomial[highest - 8]) +
                   a2[i] * static_cast<R>(kPolynomial[highest - 10]);
      for (int64_t i = 0; i < n; ++i) both[i * (n + 1)] += static_cast<R>(kPolynomial[lowest]);
    };
    combine(13, 1, temporary, even);
    multiply(a, even, odd);
    combine(12, 0, temporary, even);
    for (int64_t i = 0; i < elements; ++i) {
      temporary[i] = even[i] - odd[i];
      even[i] += odd[i];
    }
    // (even - odd) X = even + odd; the polynomials commute, so the order that LAPACK sees does not matter.
    int* pivots = at<int>(scratch, pivots_at);
    int rows = order, ld = order;
    getrf(rows, rows, temporary, ld, pivots);
    getrs("N", rows, rows, temporary, ld, pivots, even, ld);
    for (int i = 0; i < squarings; ++i) {
      multiply(even, even, odd);
      std::swap(even, odd);
    }
    std::copy_n(even, elements, result);
  });
}

// The square root of an upper triangular matrix, in place. Å. Björck, S. Hammarling, Linear Algebra Appl. 52, 1983.
// t is column-major. False where it has no root: 0 twice on the diagonal, or near.
template <class R>
bool triangular_root(Complex<R>* t, int64_t n) {
  for (int64_t j = 0; j < n; ++j) {
    Complex<R>* column = t + j * n;
    column[j] = std::sqrt(column[j]);
    for (int64_t i = j - 1; i >= 0; --i) {
      Complex<R> sum = column[i];
      for (int64_t k = i + 1; k < j; ++k) sum -= t[k * n + i] * column[k];
      Complex<R> both = t[i * n + i] + column[j];
      if (both == Complex<R>(0)) {
        if (sum != Complex<R>(0)) return false;
        column[i] = 0;
      } else {
        column[i] = sum / both;
      }
    }
  }
  return true;
}

// The Schur form U T U^H of each matrix in complex arithmetic; change(t, work) replaces T, in place and column-major.
template <class T, class Change>
void through_schur(KernelContext& c, int64_t work_elements, const Change& change) {
  using R = RealOf<T>;
  using C = Complex<R>;
  Routine<C> gees("gees");
  Dims dims = c.dims(0);
  int64_t n = columns_of(dims), elements = n * n;
  int order = lapack_size(n, dims);
  Multiply<C> multiply(order);
  int none_i = 0, query = -1;
  C answer{}, none{};
  R none_r{};
  int leading = std::max(order, 1);
  auto call_gees = [&](C* t, C* w, C* u, C* work, int count, R* rwork) {
    int rows = order, ldt = leading, ldu = leading, selected = 0;
    void* no_selection = nullptr;
    return gees("V", "N", no_selection, rows, t, ldt, &selected, w, u, ldu, work, count, rwork, &none_i);
  };
  if (n > 0) call_gees(&none, &none, &none, &answer, query, &none_r);
  int count = work_size(answer) + 1;
  Places places;
  size_t t_at = places.add<C>(elements), u_at = places.add<C>(elements), x_at = places.add<C>(elements);
  size_t w_at = places.add<C>(n), work_at = places.add<C>(count), rwork_at = places.add<R>(n);
  size_t extra_at = places.add<C>(work_elements);
  const T* in = c.input<T>(0);
  T* out = c.output<T>(0);
  FirstProblem problem;
  double size = static_cast<double>(n);
  for_each_matrix(c, product(dims, 0, dims.rank() - 2), 30 * size * size * size, places.total(),
                  [&](int64_t index, void* scratch) {
    if (n == 0) return;
    C* t = at<C>(scratch, t_at);
    C* u = at<C>(scratch, u_at);
    C* x = at<C>(scratch, x_at);
    T* result = out + index * elements;
    const T* a = in + index * elements;
    if (!all_finite(a, elements)) return fill_nan(result, elements);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) t[j * n + i] = C(a[i * n + j]);
    if (call_gees(t, at<C>(scratch, w_at), u, at<C>(scratch, work_at), count, at<R>(scratch, rwork_at)) != 0)
      return problem.note(index);
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = j + 1; i < n; ++i) t[j * n + i] = 0;
    if (!change(t, at<C>(scratch, extra_at))) return fill_nan(result, elements);
    // Column-major X = U T, then X U^H; written with the row-major products of their transposes.
    multiply(t, u, x);  // (U T)^T = T^T U^T
    for (int64_t i = 0; i < elements; ++i) u[i] = std::conj(u[i]);
    // (X U^H)^T = conj(U) X^T; conj(U) column-major is the transpose of the row-major array u.
    C* conjugate = t;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) conjugate[i * n + j] = u[j * n + i];
    multiply(conjugate, x, u);  // row-major (result)^T
    R imaginary = 0, greatest = 0;
    for (int64_t i = 0; i < elements; ++i) {
      imaginary = std::max(imaginary, std::abs(u[i].imag()));
      greatest = std::max(greatest, std::abs(u[i].real()));
    }
    // A real matrix may have a result that is not real.
    R small = std::sqrt(std::numeric_limits<R>::epsilon()) * std::max(greatest, std::numeric_limits<R>::min());
    if (!kIsComplex<T> && imaginary > small) return fill_nan(result, elements);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) {
        if constexpr (kIsComplex<T>) result[i * n + j] = u[j * n + i];
        else result[i * n + j] = u[j * n + i].real();
      }
  });
  throw_if_unfinished(problem);
}

template <class T>
void roots(KernelContext& c) {
  int64_t n = columns_of(c.dims(0));
  through_schur<T>(c, 0, [n](auto* t, auto*) { return triangular_root(t, n); });
}

// N. Higham, "Functions of Matrices", SIAM 2008, chapter 11: square roots until the matrix is near the identity, then
// the logarithm as a sum of partial fractions (Gauss-Legendre quadrature of its integral), scaled back.
template <class T>
void logarithms(KernelContext& c) {
  using R = RealOf<T>;
  using C = Complex<R>;
  static const double kNodes[] = {0.9739065285171717, 0.8650633666889845, 0.6794095682990244, 0.4333953941292472,
                                  0.1488743389816312};
  static const double kWeights[] = {0.0666713443086881, 0.1494513491505806, 0.2190863625159820, 0.2692667193099963,
                                    0.2955242247147529};
  int64_t n = columns_of(c.dims(0));
  through_schur<T>(c, 2 * n * n + n, [n](C* t, C* extra) {
    C* sum = extra;
    C* x = extra + n * n;
    C* eigenvalues = x + n * n;
    for (int64_t i = 0; i < n; ++i) {
      eigenvalues[i] = t[i * (n + 1)];
      if (eigenvalues[i] == C(0)) return false;
    }
    auto distance = [&] {
      R greatest = 0;
      for (int64_t j = 0; j < n; ++j) {
        R column = 0;
        for (int64_t i = 0; i <= j; ++i) column += std::abs(t[j * n + i] - C(i == j ? 1 : 0));
        greatest = std::max(greatest, column);
      }
      return greatest;
    };
    int roots = 0;
    for (; distance() > R(0.25) && roots < 100; ++roots)
      if (!triangular_root(t, n)) return false;
    std::fill(sum, sum + n * n, C(0));
    for (int64_t i = 0; i < n; ++i) t[i * (n + 1)] -= C(1);
    for (int node = 0; node < 10; ++node) {
      R point = static_cast<R>(0.5 + (node < 5 ? 0.5 : -0.5) * kNodes[node % 5]);
      R weight = static_cast<R>(0.5 * kWeights[node % 5]);
      // x = (I + point T)^-1 T, column by column, backwards
      for (int64_t j = 0; j < n; ++j)
        for (int64_t i = j; i >= 0; --i) {
          C value = t[j * n + i];
          for (int64_t k = i + 1; k <= j; ++k) value -= point * t[k * n + i] * x[j * n + k];
          x[j * n + i] = value / (C(1) + point * t[i * (n + 1)]);
          sum[j * n + i] += weight * x[j * n + i];
        }
    }
    R scale = static_cast<R>(std::ldexp(1.0, roots));
    for (int64_t i = 0; i < n * n; ++i) t[i] = sum[i] * scale;
    for (int64_t i = 0; i < n; ++i) t[i * (n + 1)] = std::log(eigenvalues[i]);
    return true;
  });
}

void exponential_kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { exponentials<typename decltype(tag)::type>(c); });
}
void root_kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { roots<typename decltype(tag)::type>(c); });
}
void logarithm_kernel(KernelContext& c) {
  with_field(c.dtype(0), [&](auto tag) { logarithms<typename decltype(tag)::type>(c); });
}

// R. Mathias, "A chain rule for matrix functions and applications", SIAM J. Matrix Anal. Appl. 17, 1996: the corner of
// f([[A, E], [0, A]]) is the derivative of f at A in the direction E. The adjoint of that map is the derivative at A^H.
void gradient_of(GradientContext& c, const char* name) {
  Tensor a = adjoint(c.input(0)), g = c.gradient();
  Dims dims = c.dims(0);
  int64_t n = columns_of(dims) >= 0 ? columns_of(dims) : rows_of(dims);
  if (n < 0) throw unsupported("the gradient needs the sizes of the matrices before running", "input.shape=" + dims.str());
  Tensor upper = call("concat", {a, g}, {{"axis", -1}});
  Tensor lower = call("concat", {call("zeros_like", {a}), a}, {{"axis", -1}});
  Tensor whole = call(name, {call("concat", {upper, lower}, {{"axis", -2}})});
  std::vector<int64_t> begin(static_cast<size_t>(dims.rank()), 0), end = begin, steps(begin.size(), 1);
  end[end.size() - 2] = n;
  begin[begin.size() - 1] = n;
  int64_t batch = (int64_t{1} << (dims.rank() - 2)) - 1, last = int64_t{1} << (dims.rank() - 1);
  c.set_gradient(0, call("strided_slice", {whole},
                         {{"begin", begin}, {"end", end}, {"strides", steps}, {"begin_mask", batch},
                          {"end_mask", batch | last}}));
}
void exponential_gradient(GradientContext& c) { gradient_of(c, "matrix_exponential"); }
void root_gradient(GradientContext& c) { gradient_of(c, "matrix_square_root"); }
void logarithm_gradient(GradientContext& c) { gradient_of(c, "matrix_logarithm"); }

#define TG_MATRIX_FUNCTION_RAISES                                           \
  "\nRaises:\n"                                                             \
  "  InvalidArgumentError: a matrix is not square (TG-0105), or the iteration does not converge (TG-0573).\n" \
  "  FailedPreconditionError: LAPACK is not installed (TG-0570).\n"

TG_OP("matrix_exponential(input: T) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.expm")
    .summary("Computes the exponential of square matrices, the sum of A^k / k!.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.

Returns:
  The exponentials, of the same shape and dtype; NaN where a matrix holds NaN or an infinity.
)" TG_MATRIX_FUNCTION_RAISES)
    .example(R"(>>> tg.linalg.expm([[0., 1.], [0., 0.]])
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[1., 1.],
       [0., 1.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 2], "low": -9.0, "high": 3.0}]}])")
    .infer<infer>()
    .kernel<exponential_kernel>()
    .gradient<exponential_gradient>();

TG_OP("matrix_square_root(input: T) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.sqrtm matrix_square_root")
    .summary("Computes the principal square root of square matrices: its square is the matrix.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.

Returns:
  The square roots, of the same shape and dtype; NaN where there is none: the matrix has an eigenvalue on the negative
  real axis and is real, or it is singular in a way that forbids one, or holds NaN or an infinity.
)" TG_MATRIX_FUNCTION_RAISES)
    .example(R"(>>> tg.linalg.sqrtm([[4., 0.], [0., 9.]])
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[2., 0.],
       [0., 3.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[2.0, -0.5], [0.5, 2.0]]]}]}])")
    .infer<infer>()
    .kernel<root_kernel>()
    .gradient<root_gradient>();

TG_OP("matrix_logarithm(input: T) -> T")
    .types("T: " TG_FIELDS)
    .names("linalg.logm")
    .summary("Computes the principal logarithm of square matrices: its exponential is the matrix.")
    .doc(R"(Args:
  input: square matrices, shape [..., n, n]; float32, float64, complex64 or complex128.

Returns:
  The logarithms, of the same shape and dtype; NaN where there is none: the matrix is singular, or it is real and has an
  eigenvalue on the negative real axis, or holds NaN or an infinity.
)" TG_MATRIX_FUNCTION_RAISES)
    .example(R"(>>> tg.linalg.logm([[1., 1.], [0., 1.]])
<tg.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[0., 1.],
       [0., 0.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[4.0, 1.0, 0.5], [-1.0, 3.0, -0.25], [0.5, 1.25, 2.0]]}]},
          {"inputs": [{"dtype": "float32", "value": [[[4.0, 1.0], [1.0, 3.0]], [[2.0, -0.5], [0.5, 2.0]]]}]}])")
    .infer<infer>()
    .kernel<logarithm_kernel>()
    .gradient<logarithm_gradient>();

}  // namespace
}  // namespace tg
