// Matrices given by their diagonals: what the gradients of their solvers share.
#ifndef TENSEGRA_OPS_LINALG_BANDS_HPP_
#define TENSEGRA_OPS_LINALG_BANDS_HPP_

#include "ops/linalg/matrices.hpp"

namespace tg {

// Row i becomes row i - by; zeros come in at the end (at the begin where by is negative).
inline Tensor shifted_rows(const Tensor& x, int64_t by) {
  Dims dims = x.dims();
  if (!dims.known_rank())
    throw unsupported("this gradient needs a known rank; give the function an input_signature", "an unknown rank");
  if (by == 0) return x;
  size_t rank = static_cast<size_t>(dims.rank()), row = rank - 2;
  std::vector<int64_t> paddings(2 * rank, 0), begin(rank, 0), end(rank, 0), steps(rank, 1);
  int64_t all = (int64_t{1} << rank) - 1, row_bit = int64_t{1} << row;
  paddings[2 * row + (by > 0 ? 1 : 0)] = std::abs(by);
  (by > 0 ? begin : end)[row] = by;
  Tensor padded = call("pad", {x}, {{"paddings", paddings}});
  return call("strided_slice", {padded},
              {{"begin", begin}, {"end", end}, {"strides", steps},
               {"begin_mask", by > 0 ? all & ~row_bit : all}, {"end_mask", by > 0 ? all : all & ~row_bit}});
}

// For the matrix -p q^H of a gradient: its elements [i, i + by], for all i.
inline Tensor band_of_gradient(const Tensor& p, const Tensor& q, int64_t by) {
  return -call("reduce_sum", {p * conjugate(shifted_rows(q, by))}, {{"axis", std::vector<int64_t>{-1}}});
}

}  // namespace tg

#endif  // TENSEGRA_OPS_LINALG_BANDS_HPP_
