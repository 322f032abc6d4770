// What ops on batches of matrices share: their shapes, the loop over them, and what gradients are made of.
#ifndef TENSEGRA_OPS_LINALG_MATRICES_HPP_
#define TENSEGRA_OPS_LINALG_MATRICES_HPP_

#include <algorithm>
#include <atomic>
#include <complex>
#include <cstring>

#include "ops/common.hpp"

#define TG_FIELDS "float32 float64 " TG_COMPLEX

namespace tg {

inline void require_matrices(const Dims& dims, const char* name) {
  if (dims.known_rank() && dims.rank() < 2)
    throw invalid_argument("TG-0103", std::string(name) + " must have at least 2 dimensions",
                           std::string(name) + ".shape=" + dims.str());
}
inline void require_square(const Dims& dims, const char* name) {
  require_matrices(dims, name);
  if (dims.known_rank() && !sizes_compatible(dims[dims.rank() - 2], dims[dims.rank() - 1]))
    throw invalid_argument("TG-0105", std::string(name) + " must hold square matrices",
                           std::string(name) + ".shape=" + dims.str());
}

inline int64_t rows_of(const Dims& dims) { return dims.known_rank() ? dims[dims.rank() - 2] : TG_DIM_UNKNOWN; }
inline int64_t columns_of(const Dims& dims) { return dims.known_rank() ? dims[dims.rank() - 1] : TG_DIM_UNKNOWN; }
// The dimensions before the last `count`.
inline Dims batch_of(const Dims& dims, int count = 2) {
  return dims.known_rank() ? Dims(dims.data(), dims.rank() - count) : Dims::unknown_rank();
}
inline Dims with_sizes(Dims batch, std::initializer_list<int64_t> sizes) {
  if (!batch.known_rank()) return batch;
  for (int64_t size : sizes) batch.push_back(size);
  return batch;
}
// Both sizes, one of which may be unknown; the smaller, or unknown.
inline int64_t smaller_size(int64_t x, int64_t y) { return x >= 0 && y >= 0 ? std::min(x, y) : x == y ? x : -1; }

// The first matrix that something is wrong with, found by any thread.
class FirstProblem {
 public:
  void note(int64_t index) {
    int64_t seen = first_.load();
    while ((seen < 0 || index < seen) && !first_.compare_exchange_weak(seen, index)) {
    }
  }
  bool found() const { return first_.load() >= 0; }
  std::string text() const { return "matrix " + std::to_string(first_.load()) + " (counted through the batch)"; }

 private:
  std::atomic<int64_t> first_{-1};
};

// Whether results have elements. Of matrices without any there may be more than a loop could ever end over.
inline bool has_elements(const KernelContext& c) {
  for (size_t i = 0; i < c.num_outputs(); ++i)
    if (c.output_dims(i).num_elements() > 0) return true;
  return false;
}

// Runs f(index, scratch) for each matrix; several at a time where `work` (operations for one) is worth a thread.
// f must not throw.
template <class F>
void for_each_matrix(KernelContext& c, int64_t count, double work, size_t scratch_bytes, const F& f) {
  if (count == 0 || !has_elements(c)) return;
  double chunks_worth = static_cast<double>(count) * work / 2e5;
  int64_t chunks = std::min(count, static_cast<int64_t>(std::max(1.0, std::min(8.0, chunks_worth))));
  size_t stride = (scratch_bytes + 63) & ~size_t{63};
  struct Job {
    const F& f;
    char* scratch;
    size_t stride;
    int64_t count, chunks;
  } job{f, static_cast<char*>(c.scratch(stride * static_cast<size_t>(chunks) + 64)), stride, count, chunks};
  auto run = [](void* arg, int64_t chunk) {
    Job& job = *static_cast<Job*>(arg);
    char* scratch = job.scratch + job.stride * static_cast<size_t>(chunk);
    for (int64_t i = job.count * chunk / job.chunks; i < job.count * (chunk + 1) / job.chunks; ++i)
      job.f(i, static_cast<void*>(scratch));
  };
  if (chunks == 1) return run(&job, 0);
  kernels::Parallel parallel = c.parallel();
  parallel.run(parallel.self, chunks, run, &job);
}

// A batch of matrices that repeats along broadcast dimensions: where the i-th one of the result is.
class BroadcastBatch {
 public:
  BroadcastBatch(const Dims& batch, const Dims& own, int64_t elements) : batch_(batch), steps_(batch) {
    int64_t step = elements;
    for (int i = batch.rank() - 1; i >= 0; --i) {
      int at = i - (batch.rank() - own.rank());
      steps_[i] = at < 0 || own[at] == 1 ? 0 : step;
      if (at >= 0) step *= own[at];
    }
  }
  int64_t at(int64_t index) const {
    int64_t place = 0;
    for (int axis = batch_.rank() - 1; axis >= 0; --axis) {
      place += index % batch_[axis] * steps_[axis];
      index /= batch_[axis];
    }
    return place;
  }

 private:
  Dims batch_, steps_;
};

// Row-major [rows, columns] to the transposed one.
template <class T>
void transpose_into(int64_t rows, int64_t columns, const T* in, T* out) {
  constexpr int64_t kTile = 16;
  for (int64_t i0 = 0; i0 < rows; i0 += kTile)
    for (int64_t j0 = 0; j0 < columns; j0 += kTile)
      for (int64_t i = i0; i < std::min(rows, i0 + kTile); ++i)
        for (int64_t j = j0; j < std::min(columns, j0 + kTile); ++j) out[j * rows + i] = in[i * columns + j];
}

template <class T>
struct FieldTag {
  using type = T;
};

// f(FieldTag<T>{}) for the C++ type of a floating-point or complex dtype.
template <class F>
void with_field(int dtype, const F& f) {
  switch (dtype) {
    case TG_FLOAT32: return f(FieldTag<float>{});
    case TG_FLOAT64: return f(FieldTag<double>{});
    case TG_COMPLEX64: return f(FieldTag<std::complex<float>>{});
    case TG_COMPLEX128: return f(FieldTag<std::complex<double>>{});
    default: throw unsupported("this op has no kernel for the dtype", std::string("dtype=") + dtype_name(dtype));
  }
}

// --- for gradients: the rank may be unknown

inline Tensor conjugate(const Tensor& x) { return is_complex(x.dtype()) ? call("conj", {x}) : x; }
inline Tensor product(const Tensor& a, const Tensor& b) { return call("matmul", {a, b}); }
// a^H b
inline Tensor adjoint_product(const Tensor& a, const Tensor& b) {
  return call("matmul", {conjugate(a), b}, {{"transpose_a", true}});
}
// a b^H
inline Tensor product_adjoint(const Tensor& a, const Tensor& b) {
  return call("matmul", {a, conjugate(b)}, {{"transpose_b", true}});
}
inline Tensor adjoint(const Tensor& x) {
  Dims dims = x.dims();
  if (!dims.known_rank())
    throw unsupported("this gradient needs a known rank; give the function an input_signature", "an unknown rank");
  std::vector<int64_t> perm;
  for (int i = 0; i < dims.rank(); ++i) perm.push_back(i);
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return call("transpose", {conjugate(x)}, {{"perm", perm}});
}
inline Tensor band_part(const Tensor& x, int64_t lower, int64_t upper) {
  return call("matrix_band_part", {x}, {{"num_lower", lower}, {"num_upper", upper}});
}
inline Tensor diag_part(const Tensor& x) { return call("matrix_diag_part", {x}); }
inline Tensor set_diag(const Tensor& x, const Tensor& diagonal) { return call("matrix_set_diag", {x, diagonal}); }
inline Tensor as_rows(const Tensor& x) { return call("expand_dims", {x}, {{"axis", -2}}); }
inline Tensor as_columns(const Tensor& x) { return call("expand_dims", {x}, {{"axis", -1}}); }
inline Tensor solve(const Tensor& a, const Tensor& b, bool adjoint = false) {
  return call("matrix_solve", {a, b}, {{"adjoint", adjoint}});
}
inline Tensor triangular_solve(const Tensor& a, const Tensor& b, bool lower, bool adjoint) {
  return call("matrix_triangular_solve", {a, b}, {{"lower", lower}, {"adjoint", adjoint}});
}
// Real values in the dtype of x, which may be complex.
inline Tensor in_dtype_of(const Tensor& x, const Tensor& values) {
  return x.dtype() == values.dtype() ? values : call("cast", {values}, {Attr::dtype("dtype", x.dtype())});
}

}  // namespace tg

#endif  // TENSEGRA_OPS_LINALG_MATRICES_HPP_
