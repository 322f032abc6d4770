// What two-dimensional pools share.
#ifndef TENSEGRA_OPS_POOL2D_HPP_
#define TENSEGRA_OPS_POOL2D_HPP_

#include "kernels/pool.h"
#include "ops/nn/window.hpp"

namespace tg {

// The shape of the pooled images.
inline Dims pooled_dims(const Context& c, const Dims& input) {
  require_rank(input, 4, "input");
  Pair size = pair_attr(c, "ksize"), stride = pair_attr(c, "strides");
  Border border = border_attr(c, false);
  Dims out = input.known_rank() ? input : Dims::unknown(4);
  out[1] = windows(out[1], size.h, stride.h, border);
  out[2] = windows(out[2], size.w, stride.w, border);
  return out;
}

inline kernels::Pool2D pool_of(const Context& c, const Dims& input) {
  pooled_dims(c, input);
  Pair size = pair_attr(c, "ksize"), stride = pair_attr(c, "strides");
  kernels::Pool2D pool{};
  pool.batch = input[0];
  pool.in_h = input[1];
  pool.in_w = input[2];
  pool.channels = input[3];
  pool.k_h = size.h;
  pool.k_w = size.w;
  pool.stride_h = stride.h;
  pool.stride_w = stride.w;
  bool ok = border_attr(c, false) == Border::kSame ? kernels::pool2d_set_same(&pool) : kernels::pool2d_set_valid(&pool);
  if (!ok) throw invalid_argument("TG-0105", "the sizes must fit a pool", "input.shape=" + input.str());
  return pool;
}

inline void require_pooled(const Context& c, const Dims& input, const Dims& dy) {
  Dims wanted = pooled_dims(c, input);
  if (!dims_compatible(wanted, dy))
    throw invalid_argument("TG-0105", "dy must have the shape of the pooled images",
                           "dy.shape=" + dy.str() + ", wanted " + wanted.str());
}

inline void infer_pool(InferContext& c) { c.set_output(0, c.dtype(0), pooled_dims(c, c.dims(0))); }
inline void infer_pool_grad(InferContext& c) {
  require_pooled(c, c.dims(0), c.dims(1));
  c.set_output(0, c.dtype(1), c.dims(0));
}

inline std::vector<Attr> pool_attrs(const Context& c) {
  return {{"ksize", c.ints_attr("ksize")}, {"strides", c.ints_attr("strides")}, {"padding", c.string_attr("padding")}};
}

#define TG_POOL_ATTRS "ksize: ints, strides: ints, padding: str"
#define TG_POOL_DOC                                                                         \
  "  ksize: the size of a window: one number, [height, width], or [1, height, width, 1].\n" \
  "  strides: how far windows are apart, in the same forms.\n"                              \
  "  padding: 'VALID': windows lie within the image; 'SAME': windows may reach over its edges.\n"

}  // namespace tg

#endif  // TENSEGRA_OPS_POOL2D_HPP_
