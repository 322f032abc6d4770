// What the recurrent ops share: shapes, kernel calls, and the same computations written with ops.
#ifndef TENSEGRA_OPS_RECURRENT_HPP_
#define TENSEGRA_OPS_RECURRENT_HPP_

#include "kernels/recurrent.h"
#include "ops/common.hpp"
#include "ops/vjp.hpp"

namespace tg {

// Sizes of a recurrent layer; what is unknown is -1 or a symbol.
struct RecurrentDims {
  int64_t batch = TG_DIM_UNKNOWN, steps = TG_DIM_UNKNOWN, inputs = TG_DIM_UNKNOWN, units = TG_DIM_UNKNOWN;
  int64_t gates = 1;

  int64_t width() const { return units < 0 ? TG_DIM_UNKNOWN : checked_dims({gates, units}).num_elements(); }
  Dims state() const { return checked({batch, units}); }
  Dims sequence() const { return checked({batch, steps, units}); }
  Dims all_gates() const { return checked({batch, steps, width()}); }
  static Dims checked(const Dims& dims) {
    return dims.is_static() ? checked_dims(std::vector<int64_t>(dims.begin(), dims.end())) : dims;
  }
};

// Learns sizes from the shape of an input, and refuses one that contradicts what is known.
inline void learn_sizes(const Context& c, size_t i, const char* name, std::initializer_list<int64_t*> sizes) {
  Dims dims = c.dims(i);
  require_rank(dims, static_cast<int>(sizes.size()), name);
  if (!dims.known_rank()) return;
  int axis = 0;
  for (int64_t* size : sizes) {
    int64_t found = dims[axis++];
    if (!sizes_compatible(*size, found))
      throw invalid_argument("TG-0105", std::string(name) + " must fit the other inputs",
                             std::string(name) + ".shape=" + dims.str() + ", wanted a size of " + text_of(*size) +
                                 " at axis " + text_of(axis - 1));
    if (*size < 0 && (found >= 0 || *size == TG_DIM_UNKNOWN)) *size = found;
  }
}

inline kernels::Recurrent recurrent_of(kernels::Cell cell, const RecurrentDims& d, bool backwards) {
  return {cell, d.batch, d.steps, d.inputs, d.units, backwards};
}

// ---- with ops

// Element t along axis 1.
inline Tensor step_of(const Tensor& x, int64_t t) {
  return call("strided_slice", {x},
              {{"begin", std::vector<int64_t>{0, t}},
               {"end", std::vector<int64_t>{0, t + 1}},
               {"strides", std::vector<int64_t>{1, 1}},
               {"begin_mask", 1},
               {"end_mask", 1},
               {"shrink_axis_mask", 2}});
}

// Columns [first, last) of a matrix.
inline Tensor columns_of(const Tensor& x, int64_t first, int64_t last) {
  return call("strided_slice", {x},
              {{"begin", std::vector<int64_t>{0, first}},
               {"end", std::vector<int64_t>{0, last}},
               {"strides", std::vector<int64_t>{1, 1}},
               {"begin_mask", 1},
               {"end_mask", 1}});
}

inline Tensor matmul_of(const Tensor& x, const Tensor& y, bool transpose_x = false, bool transpose_y = false) {
  return call("matmul", {x, y}, {{"transpose_a", transpose_x}, {"transpose_b", transpose_y}});
}
inline Tensor sigmoid_of(const Tensor& x) { return call("sigmoid", {x}); }
inline Tensor tanh_of(const Tensor& x) { return call("tanh", {x}); }
inline Tensor one_minus(const Tensor& x) { return scalar_like(x, 1.0) - x; }
inline Tensor joined(const std::vector<Tensor>& parts) { return call("concat", parts, {{"axis", -1}}); }
inline Tensor sum_of_rows(const Tensor& x) { return call("reduce_sum", {x}, {{"axis", std::vector<int64_t>{0}}}); }
// [..., n] as a matrix of n columns.
inline Tensor flat_rows(const Tensor& x, int64_t n) {
  return call("reshape", {x, make_tensor<int64_t>({2}, {-1, n})});
}

// A sequence computed step by step with ops; sizes must be known.
class Unrolled {
 public:
  Unrolled(const Tensor& x, const Tensor& kernel, const Tensor& recurrent_kernel, bool backwards)
      : backwards_(backwards) {
    Dims dims = x.dims(), inner = recurrent_kernel.dims(), outer = kernel.dims();
    if (!dims.known_rank() || !inner.known_rank() || !outer.known_rank() || dims[1] < 0 || inner[0] < 0 || outer[0] < 0)
      throw Error(TG_UNIMPLEMENTED, "TG-0590",
                  "second derivatives of a recurrent layer need a known number of steps, inputs and units. Received: "
                  "x.shape=" + dims.str() + ", recurrent_kernel.shape=" + inner.str());
    steps = dims[1], units = inner[0], inputs = outer[0];
  }
  int64_t place(int64_t step) const { return backwards_ ? steps - 1 - step : step; }

  int64_t steps, units, inputs;

 private:
  bool backwards_;
};

// Tensors by step, put together along axis 1; `empty` is what there is without steps.
inline Tensor sequence_of(const std::vector<Tensor>& parts, const Tensor& empty) {
  return parts.empty() ? empty : call("stack", parts, {{"axis", 1}});
}

}  // namespace tg

#endif  // TENSEGRA_OPS_RECURRENT_HPP_
