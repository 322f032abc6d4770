#include <cstring>

#include "ops/common.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  int from = c.dtype(0), to = c.dtype_attr("type");
  for (int dtype : {from, to})
    if (dtype <= TG_BOOL || dtype > TG_COMPLEX128)
      throw invalid_argument("TG-0102", "bits are those of numbers", std::string("dtype=") + dtype_name(dtype));
  Dims dims = c.dims(0);
  int64_t old_size = static_cast<int64_t>(element_size(from)), new_size = static_cast<int64_t>(element_size(to));
  if (!dims.known_rank()) return c.set_output(0, to, dims);
  if (old_size > new_size) {
    dims.push_back(old_size / new_size);
  } else if (old_size < new_size) {
    int64_t ratio = new_size / old_size;
    int last = dims.rank() - 1;
    if (last < 0 || !sizes_compatible(dims[last], ratio))
      throw invalid_argument("TG-0541", "the last dimension must hold the bytes of one element of the wider dtype",
                             "input.shape=" + dims.str() + ", dtypes " + dtype_name(from) + " and " + dtype_name(to) +
                                 ", wanted last size=" + text_of(ratio));
    dims.erase(last);
  }
  c.set_output(0, to, dims);
}

void kernel(KernelContext& c) {
  // Where sizes were unknown before.
  Dims dims = c.dims(0);
  int64_t old_size = static_cast<int64_t>(element_size(c.dtype(0)));
  int64_t new_size = static_cast<int64_t>(element_size(c.dtype_attr("type")));
  if (old_size < new_size && (dims.rank() == 0 || dims[dims.rank() - 1] * old_size != new_size))
    throw invalid_argument("TG-0541", "the last dimension must hold the bytes of one element of the wider dtype",
                           "input.shape=" + dims.str() + ", wanted last size=" + text_of(new_size / old_size));
  Dims out = dims;
  if (old_size > new_size) out.push_back(old_size / new_size);
  if (old_size < new_size) out.erase(out.rank() - 1);
  c.set_output_type(0, c.dtype_attr("type"), out);
  size_t bytes = static_cast<size_t>(dims.num_elements() * old_size);
  if (bytes > 0) std::memcpy(c.output_data(0), c.input_data(0), bytes);
}

TG_OP("bitcast(input: any, *, type: dtype) -> attr.type")
    .names("bitcast")
    .summary("Reads the bytes of a tensor as elements of another dtype.")
    .doc(R"(Bytes are in the machine's order. No gradient flows through it.

Args:
  input: a tensor of numbers.
  type: the dtype wanted. Where it is narrower than that of `input`, the result has one more dimension, of the ratio
    of the sizes; where it is wider, the last dimension of `input` must be that ratio, and goes.

Returns:
  A tensor of the same bytes.

Raises:
  InvalidArgumentError: one of the dtypes is bool, string or a resource (TG-0102), or the last dimension does not
    hold one element of the wider dtype (TG-0541).
)")
    .example(R"(>>> hex(tg.bitcast(1.0, tg.uint32))
'0x3f800000')")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"type": "int32"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"type": "uint16"}},
          {"inputs": [{"dtype": "float32", "shape": [3, 2]}], "attributes": {"type": "int64"}}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
