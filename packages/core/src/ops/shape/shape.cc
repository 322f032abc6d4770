#include <limits>

#include "ops/common.hpp"

namespace tg {
namespace {

int integer_type(const Context& c) {
  int dtype = c.dtype_attr("out_type");
  if (dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "out_type must be int32 or int64", std::string("out_type=") + dtype_name(dtype));
  return dtype;
}

void write(KernelContext& c, int64_t at, int64_t value) {
  if (integer_type(c) == TG_INT64) {
    c.output<int64_t>(0)[at] = value;
    return;
  }
  if (value > std::numeric_limits<int32_t>::max())
    throw invalid_argument("TG-0109", "a size must fit out_type", "size=" + text_of(value) + ", out_type=int32");
  c.output<int32_t>(0)[at] = static_cast<int32_t>(value);
}

void infer_shape(InferContext& c) {
  Dims dims = c.dims(0);
  c.set_output(0, integer_type(c), {dims.known_rank() ? dims.rank() : TG_DIM_UNKNOWN});
}

void shape(KernelContext& c) {
  Dims dims = c.dims(0);
  for (int i = 0; i < dims.rank(); ++i) write(c, i, dims[i]);
}

TG_OP("shape(input: any, *, out_type: dtype = int32) -> attr.out_type")
    .names("shape")
    .summary("Gives the shape of a tensor as a tensor.")
    .doc(R"(Args:
  input: a tensor of any dtype.
  out_type: int32 or int64.

Returns:
  A vector of the sizes, of dtype `out_type`.

Raises:
  InvalidArgumentError: `out_type` is another dtype (TG-0106), or a size does not fit it (TG-0109).
)")
    .example(R"(>>> tg.shape([[1, 2, 3], [4, 5, 6]])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": []}], "attributes": {"out_type": "int64"}}])")
    .infer<infer_shape>()
    .kernel<shape>();

void infer_size(InferContext& c) { c.set_output(0, integer_type(c), {}); }
void size(KernelContext& c) { write(c, 0, c.num_elements(0)); }

TG_OP("size(input: any, *, out_type: dtype = int32) -> attr.out_type")
    .names("size")
    .summary("Counts the elements of a tensor.")
    .doc(R"(Args:
  input: a tensor of any dtype.
  out_type: int32 or int64.

Returns:
  A 0-d tensor of dtype `out_type`.

Raises:
  InvalidArgumentError: `out_type` is another dtype (TG-0106), or the count does not fit it (TG-0109).
)")
    .example(R"(>>> tg.size([[1, 2, 3], [4, 5, 6]])
<tg.Tensor: shape=(), dtype=int32, numpy=6>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": []}], "attributes": {"out_type": "int64"}}])")
    .infer<infer_size>()
    .kernel<size>();

void infer_rank(InferContext& c) { c.set_output(0, TG_INT32, {}); }
void rank(KernelContext& c) { *c.output<int32_t>(0) = c.dims(0).rank(); }

TG_OP("rank(input: any) -> int32")
    .names("rank")
    .summary("Counts the dimensions of a tensor.")
    .doc(R"(Args:
  input: a tensor of any dtype.

Returns:
  A 0-d int32 tensor.
)")
    .example(R"(>>> tg.rank([[1, 2, 3], [4, 5, 6]])
<tg.Tensor: shape=(), dtype=int32, numpy=2>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": []}]}])")
    .infer<infer_rank>()
    .kernel<rank>();

}  // namespace
}  // namespace tg
