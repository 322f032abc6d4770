#include "kernels/copy.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

// The rank of the first input that has a known one, or -1.
int common_rank(const Context& c) {
  for (size_t i = 0; i < c.num_inputs(); ++i)
    if (c.dims(i).known_rank()) return c.dims(i).rank();
  return -1;
}

void infer(InferContext& c) {
  if (c.num_inputs() == 0) throw invalid_argument("TG-0110", "concat needs at least one tensor", "values=[]");
  require_movable(c.dtype(0));
  int rank = common_rank(c);
  if (rank < 0) return c.set_output(0, c.dtype(0), Dims::unknown_rank());
  if (rank == 0) throw invalid_argument("TG-0103", "values must have at least 1 dimension", "values[0].shape=()");
  int axis = normalize_axis(c.int_attr("axis"), rank);
  Dims out = Dims::unknown(rank);
  int64_t total = 0;
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    Dims dims = c.dims(i);
    int64_t along = dims.known_rank() && dims.rank() == rank ? dims[axis] : TG_DIM_UNKNOWN;
    if (dims.known_rank() && dims.rank() == rank) dims[axis] = TG_DIM_UNKNOWN;
    if (!dims_compatible(dims, out))
      throw invalid_argument("TG-0105", "values must have equal shapes except along axis",
                             "values[" + std::to_string(i) + "].shape=" + c.dims(i).str() + " beside " +
                                 c.dims(0).str() + ", axis=" + std::to_string(axis));
    out = merge_dims(out, dims);
    if (total >= 0 && (along < 0 || __builtin_add_overflow(total, along, &total))) total = TG_DIM_UNKNOWN;
  }
  out[axis] = c.num_inputs() == 1 && c.dims(0).known_rank() ? c.dims(0)[axis] : total;
  c.set_output(0, c.dtype(0), out);
}

// Each input is a run of bytes per row; they follow each other in every row of the result.
void kernel(MoveContext& c) {
  Dims out = c.output_dims(0);
  int axis = normalize_axis(c.int_attr("axis"), out.rank());
  size_t element = element_size(c.dtype(0));
  int64_t rows = product(out, 0, axis), inner = product(out, axis + 1, out.rank());
  int64_t row_bytes = out[axis] * inner * static_cast<int64_t>(element), bytes = static_cast<int64_t>(element);
  char* to = c.output<char>(0);
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    int64_t columns = c.dims(i)[axis] * inner;
    int64_t source[2] = {columns * bytes, bytes}, target[2] = {row_bytes, bytes}, dims[2] = {rows, columns};
    check_kernel(kernels::copy_strided(element, c.input_data(i), source, to, target, dims, 2, c.parallel()));
    to += columns * bytes;
  }
}

// Sizes along the axis known: slices at fixed places.
void fixed_gradient(GradientContext& c, const Tensor& g, int axis, int rank) {
  int64_t others = ((int64_t{1} << rank) - 1) & ~(int64_t{1} << axis), offset = 0;
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    std::vector<int64_t> begin(rank, 0), end(rank, 0), ones(rank, 1);
    begin[axis] = offset;
    end[axis] = offset += c.dims(i)[axis];
    if (!c.needs(i)) continue;
    c.set_gradient(
        i, call("strided_slice", {g},
                {{"begin", begin}, {"end", end}, {"strides", ones}, {"begin_mask", others}, {"end_mask", others}}));
  }
}

// Sizes along the axis known when the graph runs only.
void dynamic_gradient(GradientContext& c, const Tensor& g, int axis, int rank) {
  std::vector<int64_t> unit(rank, 0);
  unit[axis] = 1;
  Tensor along = make_tensor<int64_t>({rank}, unit),
         begin = make_tensor<int64_t>({rank}, std::vector<int64_t>(rank, 0));
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    Tensor size = call("shape", {c.input(i)}, {Attr::dtype("out_type", TG_INT64)});
    if (c.needs(i)) c.set_gradient(i, call("slice", {g, begin, size}));
    begin = begin + size * along;
  }
}

void gradient(GradientContext& c) {
  int rank = common_rank(c);
  if (rank < 0)
    throw invalid_argument("TG-0103", "the gradient of concat needs the rank of its values", "values of unknown rank");
  int axis = normalize_axis(c.int_attr("axis"), rank);
  bool fixed = true;
  for (size_t i = 0; i < c.num_inputs(); ++i) fixed = fixed && c.dims(i).known_rank() && c.dims(i)[axis] >= 0;
  if (fixed) return fixed_gradient(c, c.gradient(), axis, rank);
  dynamic_gradient(c, c.gradient(), axis, rank);
}

TG_OP("concat(values: [T], *, axis: int) -> T")
    .types("T: " TG_ALL " string")
    .names("concat")
    .summary("Joins tensors along an axis.")
    .doc(R"(Args:
  values: a list of tensors of one dtype and rank, whose sizes are equal except along `axis`.
  axis: the axis along which they follow each other.

Returns:
  A tensor of the same dtype and rank.

Raises:
  InvalidArgumentError: the list is empty (TG-0110), the ranks are 0 (TG-0103), the axis is outside [-rank, rank)
    (TG-0104), or the shapes do not fit (TG-0105).
)")
    .example(R"(>>> tg.concat([[1, 2], [3]], axis=0)
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [1, 3]}],
           "attributes": {"axis": 0}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [2, 0]}], "attributes": {"axis": -1}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
