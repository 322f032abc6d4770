// Systems of equations: matrices [..., n, n], right-hand sides [..., n, k], whose batches broadcast.
#ifndef TENSEGRA_OPS_LINALG_SYSTEMS_HPP_
#define TENSEGRA_OPS_LINALG_SYSTEMS_HPP_

#include "ops/linalg/matrices.hpp"

namespace tg {

inline void infer_system(InferContext& c) {
  Dims a = c.dims(0), b = c.dims(1);
  require_square(a, "matrix");
  require_matrices(b, "rhs");
  if (a.known_rank() && b.known_rank() && !sizes_compatible(columns_of(a), rows_of(b)))
    throw invalid_argument("TG-0105", "rhs must have as many rows as matrix",
                           "matrix.shape=" + a.str() + ", rhs.shape=" + b.str());
  if (!a.known_rank() || !b.known_rank()) return c.set_output(0, c.dtype(0), Dims::unknown_rank());
  Dims batch = broadcast(batch_of(a), batch_of(b), "the batches of matrix", "rhs");
  c.set_output(0, c.dtype(0), with_sizes(batch, {columns_of(a) >= 0 ? columns_of(a) : rows_of(b), columns_of(b)}));
}

struct System {
  int64_t n, columns;
  Dims batch;
  int64_t count;
  BroadcastBatch a, b;

  explicit System(const KernelContext& c)
      : n(columns_of(c.dims(0))),
        columns(columns_of(c.dims(1))),
        batch(batch_of(c.output_dims(0))),
        count(batch.num_elements()),
        a(batch, batch_of(c.dims(0)), n * n),
        b(batch, batch_of(c.dims(1)), n * columns) {
    if (rows_of(c.dims(0)) != n || rows_of(c.dims(1)) != n)
      throw invalid_argument("TG-0105", "matrix must be square, with as many rows as rhs",
                             "matrix.shape=" + c.dims(0).str() + ", rhs.shape=" + c.dims(1).str());
  }
};

}  // namespace tg

#endif  // TENSEGRA_OPS_LINALG_SYSTEMS_HPP_
