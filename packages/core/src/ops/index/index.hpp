// What ops share that read or write where coordinates say.
#ifndef TENSEGRA_OPS_INDEX_HPP_
#define TENSEGRA_OPS_INDEX_HPP_

#include <cstring>

#include "kernels/scatter.h"
#include "ops/common.hpp"

namespace tg {

// indices [batch..., count..., depth] name rows of a tensor [batch..., named..., row...] (`depth` named axes).
struct Coordinates {
  Dims counted;       // batch and count
  Dims row;
  int batch_dims = 0;
  int depth = 0;
  bool known = false;  // whether ranks and depth are

  int64_t batch(const Dims& whole) const { return product(whole, 0, batch_dims); }
  int64_t count() const { return product(counted, batch_dims, counted.rank()); }
  int64_t rows(const Dims& whole) const { return product(whole, 0, batch_dims + depth); }
  int64_t inner() const { return product(row, 0, row.rank()); }
  // The shape of the rows that are named: batch, count, row.
  Dims selected() const {
    if (!known) return Dims::unknown_rank();
    Dims dims = counted;
    for (int64_t size : row) dims.push_back(size);
    return dims;
  }
};

inline Coordinates coordinates(const Dims& whole, const Dims& indices, int64_t batch_dims) {
  Coordinates result;
  if (indices.known_rank() && indices.rank() == 0)
    throw invalid_argument("TG-0103", "indices must have at least 1 dimension", "indices.shape=()");
  if (!whole.known_rank() || !indices.known_rank() || indices[indices.rank() - 1] < 0) return result;
  int64_t most = indices.rank() - 1 < whole.rank() ? indices.rank() - 1 : whole.rank();
  if (batch_dims < 0) batch_dims += indices.rank();
  if (batch_dims < 0 || batch_dims > most)
    throw invalid_argument("TG-0106", "batch_dims must lie in [0, rank) of both", "batch_dims=" + text_of(batch_dims));
  int64_t depth = indices[indices.rank() - 1];
  if (depth > whole.rank() - batch_dims)
    throw invalid_argument("TG-0105", "the last axis of indices must hold at most one index for each axis",
                           "indices.shape=" + indices.str() + ", tensor.shape=" + whole.str());
  result.batch_dims = static_cast<int>(batch_dims);
  result.depth = static_cast<int>(depth);
  result.known = true;
  for (int i = 0; i + 1 < indices.rank(); ++i) {
    if (i < batch_dims && !sizes_compatible(indices[i], whole[i]))
      throw invalid_argument("TG-0105", "the batch axes must have equal sizes",
                             "indices.shape=" + indices.str() + ", tensor.shape=" + whole.str());
    result.counted.push_back(indices[i]);
  }
  for (int i = result.batch_dims + result.depth; i < whole.rank(); ++i) result.row.push_back(whole[i]);
  return result;
}

inline void require_selected(const Coordinates& at, const Dims& updates) {
  if (!dims_compatible(at.selected(), updates))
    throw invalid_argument("TG-0105", "updates must have the shape of the rows that indices name",
                           "updates.shape=" + updates.str() + ", wanted " + at.selected().str());
}

// The number of the row that each index names; in memory of the context.
inline int64_t* named_rows(KernelContext& c, size_t input, const Coordinates& at, const Dims& whole) {
  int64_t batch = at.batch(whole), count = at.count(), bad = 0;
  auto* rows = static_cast<int64_t*>(c.scratch(static_cast<size_t>(batch * count) * sizeof(int64_t) + 1));
  kernels::Status status = kernels::index_rows(kernel_dtype(c.dtype(input)), c.input_data(input), batch, count,
                                               whole.data() + at.batch_dims, at.depth, rows, &bad);
  if (status == kernels::Status::kBadIndex) {
    tg_tensor_desc desc = c.input_desc(input);
    std::vector<int64_t> found(static_cast<size_t>(at.depth)), sizes;
    const char* data = static_cast<const char*>(desc.data) + desc.byte_offset;
    for (int k = 0; k < at.depth; ++k) {
      int64_t place = bad * at.depth + k;
      found[k] = desc.dtype == TG_INT64 ? reinterpret_cast<const int64_t*>(data)[place]
                                        : reinterpret_cast<const int32_t*>(data)[place];
      sizes.push_back(whole[at.batch_dims + k]);
    }
    throw out_of_range("an index must lie in [0, size) of its axis", "indices[" + text_of(bad) + "]=" + text_of(found) +
                                                                         " (counted row by row), sizes=" +
                                                                         text_of(sizes));
  }
  check_kernel(status);
  return rows;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_INDEX_HPP_
