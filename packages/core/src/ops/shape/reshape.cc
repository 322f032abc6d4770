#include "ops/common.hpp"

namespace tg {
namespace {

Error size_error(const Dims& from, const std::string& to) {
  return invalid_argument("TG-0105", "a reshape must keep the number of elements",
                          "tensor.shape=" + from.str() + ", shape=" + to);
}

// The size that -1 stands for among sizes, where it follows from dims; -1 where it does not.
int64_t inferred_size(const Dims& dims, const std::vector<int64_t>& sizes) {
  if (!dims.known_rank()) return TG_DIM_UNKNOWN;
  int64_t have = 1, rest = 1, symbol = 0;
  bool unknown = false;
  for (int64_t size : dims) {
    if (size >= 0) {
      have *= size;
    } else {
      unknown = unknown || symbol != 0;
      symbol = size;
    }
  }
  for (int64_t size : sizes)
    if (size >= 0) rest *= size;
  if (symbol != 0) return !unknown && have == rest && rest > 0 ? symbol : TG_DIM_UNKNOWN;
  if (rest == 0) {
    if (have == 0) return 0;
    throw size_error(dims, text_of(sizes));
  }
  if (have % rest != 0) throw size_error(dims, text_of(sizes));
  return have / rest;
}

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  require_rank(c.dims(1), 1, "shape");
  auto sizes = c.constant_ints(1);
  if (!sizes) return c.set_output(0, c.dtype(0), dims_of_shape_input(c, 1, "shape"));
  Dims out = checked_dims(*sizes, true);
  int guessed = -1;
  for (int i = 0; i < out.rank(); ++i) {
    if (out[i] != -1) continue;
    if (guessed >= 0) throw invalid_argument("TG-0109", "one size of a shape may be -1", "shape=" + text_of(*sizes));
    guessed = i;
  }
  if (guessed >= 0) out[guessed] = inferred_size(dims, *sizes);
  if (dims.is_static() && out.is_static() && dims.num_elements() != out.num_elements())
    throw size_error(dims, text_of(*sizes));
  c.set_output(0, c.dtype(0), out);
}

void gradient(GradientContext& c) { c.set_gradient(0, call("reshape_like", {c.gradient(), c.input(0)})); }

TG_OP("reshape(tensor: any, shape: int32|int64) -> any")
    .names("reshape")
    .summary("Gives the elements of a tensor another shape, in row-major order.")
    .doc(R"(The memory is shared.

Args:
  tensor: a tensor of any dtype.
  shape: the sizes wanted, a vector of int32 or int64. One size may be -1: it follows from the others.

Returns:
  A tensor of this shape with the same elements.

Raises:
  InvalidArgumentError: the number of elements would change (TG-0105), a size is negative or two are -1 (TG-0109),
    or there are more than 8 sizes (TG-0103).
)")
    .example(R"(>>> tg.reshape([[1, 2], [3, 4]], [-1])
<tg.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "int32", "value": [4, -1]}]},
          {"inputs": [{"dtype": "float32", "shape": [1]}, {"dtype": "int64", "value": []}]}])")
    .infer<infer>()
    .gradient<gradient>()
    .fusion(TG_FUSION_VIEW);

void infer_like(InferContext& c) {
  Dims dims = c.dims(0), like = c.dims(1);
  if (dims.is_static() && like.is_static() && dims.num_elements() != like.num_elements())
    throw invalid_argument("TG-0105", "a reshape must keep the number of elements",
                           "x.shape=" + dims.str() + ", like.shape=" + like.str());
  c.set_output(0, c.dtype(0), like);
}

TG_OP("reshape_like(x: any, like: any) -> any")
    .summary("Gives the elements of a tensor the shape of another one.")
    .doc(R"(The memory is shared.

Args:
  x: a tensor of any dtype.
  like: a tensor with as many elements; only its shape counts.

Returns:
  A tensor of the dtype of `x` and the shape of `like`.

Raises:
  InvalidArgumentError: the numbers of elements differ (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 6]}, {"dtype": "int32", "shape": [3, 4]}]}])")
    .infer<infer_like>()
    .gradient<gradient>()
    .fusion(TG_FUSION_VIEW);

}  // namespace
}  // namespace tg
