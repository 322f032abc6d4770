// LAPACK's routines for each element type, with the arguments of Fortran.
#ifndef TENSEGRA_OPS_LINALG_LAPACK_HPP_
#define TENSEGRA_OPS_LINALG_LAPACK_HPP_

#include <cmath>
#include <limits>

#include "kernels/lapack.h"
#include "ops/linalg/matrices.hpp"

namespace tg {

template <class T>
struct Real {
  using type = T;
};
template <class R>
struct Real<std::complex<R>> {
  using type = R;
};
template <class T>
using RealOf = typename Real<T>::type;
template <class T>
constexpr bool kIsComplex = !std::is_same<T, RealOf<T>>::value;

template <class T>
constexpr char kLetter = 's';
template <>
inline constexpr char kLetter<double> = 'd';
template <>
inline constexpr char kLetter<std::complex<float>> = 'c';
template <>
inline constexpr char kLetter<std::complex<double>> = 'z';

// Found before any thread starts, since that may throw; called as routine(arguments...), which returns LAPACK's info.
template <class T>
class Routine {
 public:
  explicit Routine(const char* name) {
    std::string full = std::string(1, kLetter<T>) + name;
    address_ = kernels::lapack_routine(full.c_str());
    if (address_ == nullptr)
      throw Error(TG_FAILED_PRECONDITION, "TG-0570",
                  "this op needs LAPACK. Received: " + std::string(kernels::lapack_problem()) +
                      ". Run: pip install 'tensegra-core[linalg]' and start again; or set TENSEGRA_LAPACK to a shared "
                      "library that holds LAPACK.");
  }
  // Integers go by address; a length of 1 for each character stands at the end, as Fortran compilers expect.
  template <class... Args>
  int operator()(Args... args) const {
    int info = 0;
    call(&info, args...);
    return info;
  }

 private:
  static const char* pass(const char* text) { return text; }
  template <class P>
  static P* pass(P* data) { return data; }
  static int* pass(int& value) { return &value; }

  template <class... Args>
  void call(int* info, Args... args) const {
    using Function = void (*)(decltype(pass(args))..., int*, size_t, size_t);
    reinterpret_cast<Function>(address_)(pass(args)..., info, 1, 1);
  }
  void* address_;
};

// Sizes as LAPACK takes them.
inline int lapack_size(int64_t size, const Dims& dims) {
  if (size > std::numeric_limits<int>::max() / 8)
    throw invalid_argument("TG-0109", "a matrix for LAPACK must have fewer than 2^28 rows and columns",
                           "shape=" + dims.str());
  return static_cast<int>(size);
}
// The size of a work array that a query answered with.
template <class T>
int work_size(T answer) {
  return static_cast<int>(std::real(answer)) + 1;
}

// Memory for several arrays, one after the other.
class Places {
 public:
  template <class T>
  size_t add(int64_t count) {
    size_t at = total_;
    total_ += (static_cast<size_t>(count) * sizeof(T) + 63) & ~size_t{63};
    return at;
  }
  size_t total() const { return total_; }

 private:
  size_t total_ = 0;
};
template <class T>
T* at(void* scratch, size_t place) {
  return reinterpret_cast<T*>(static_cast<char*>(scratch) + place);
}

template <class T>
bool all_finite(const T* x, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (!std::isfinite(std::real(x[i])) || !std::isfinite(std::imag(x[i]))) return false;
  return true;
}
template <class T>
void fill_nan(T* x, int64_t count) {
  std::fill(x, x + count, T(std::numeric_limits<RealOf<T>>::quiet_NaN()));
}
template <class T>
T conjugate_of(T x) {
  if constexpr (kIsComplex<T>) return std::conj(x);
  return x;
}

inline void throw_if_singular(const FirstProblem& problem) {
  if (problem.found()) throw invalid_argument("TG-0571", "the matrix is not invertible", problem.text());
}
inline void throw_if_unfinished(const FirstProblem& problem) {
  if (problem.found()) throw invalid_argument("TG-0573", "the iteration did not converge", problem.text());
}

}  // namespace tg

#endif  // TENSEGRA_OPS_LINALG_LAPACK_HPP_
