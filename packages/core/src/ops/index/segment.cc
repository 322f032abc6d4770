#include "ops/index/segment.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0), ids = c.dims(1);
  require_rank(ids, 1, "segment_ids");
  if (dims.known_rank()) {
    if (dims.rank() == 0) throw invalid_argument("TG-0103", "data must have at least 1 dimension", "data.shape=()");
    if (ids.known_rank() && !sizes_compatible(dims[0], ids[0]))
      throw invalid_argument("TG-0105", "there must be one id for each row of data",
                             "data.shape=" + dims.str() + ", segment_ids.shape=" + ids.str());
    dims[0] = TG_DIM_UNKNOWN;
  }
  c.set_output(0, c.dtype(0), dims);
}

// The rows of a segment that got none are 0 here, but for products.
void clear_empty(KernelContext& c, const int64_t* ids, int64_t count, int64_t segments, int64_t inner) {
  size_t row = static_cast<size_t>(inner) * element_size(c.dtype(0));
  char* out = c.output<char>(0);
  for (int64_t segment = 0, i = 0; segment < segments; ++segment) {
    bool empty = ids[i] != segment;
    if (empty) std::memset(out + static_cast<size_t>(segment) * row, 0, row);
    while (i + 1 < count && ids[i] <= segment) ++i;
  }
}

void divide_by_counts(KernelContext& c, const int64_t* ids, int64_t count, int64_t segments, int64_t inner) {
  auto* counts = static_cast<int64_t*>(c.scratch(static_cast<size_t>(segments) * 8 + 1));
  for (int64_t k = 0; k < segments; ++k) counts[k] = 0;
  for (int64_t i = 0; i < count; ++i) ++counts[ids[i]];
  for (int64_t k = 0; k < segments; ++k) counts[k] = counts[k] > 1 ? counts[k] : 1;
  int dtype = c.dtype(0);
  void* divisors = c.scratch(static_cast<size_t>(segments) * element_size(dtype) + 1);
  check_kernel(kernels::cast(kernels::DType::kInt64, kernel_dtype(dtype), counts, divisors, segments, c.parallel()));
  const int64_t dims[2] = {segments, inner}, column[2] = {segments, 1};
  kernels::BroadcastPlan plan;
  check_kernel(kernels::make_broadcast_plan(dims, 2, column, 2, &plan));
  check_kernel(kernels::binary(kernels::BinaryOp::kDiv, kernel_dtype(dtype), c.output_data(0), divisors,
                               c.output_data(0), plan, c.parallel()),
               dtype);
}

template <Segment kind>
void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  const int64_t* ids = wide_ids(c);
  int64_t count = c.num_elements(1), previous = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (ids[i] < previous)
      throw invalid_argument("TG-0550", "segment_ids must start at 0 or above and never fall",
                             "segment_ids[" + text_of(i) + "]=" + text_of(ids[i]));
    previous = ids[i];
  }
  int64_t segments = count == 0 ? 0 : ids[count - 1] + 1, inner = product(dims, 1, dims.rank());
  dims[0] = segments;
  checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  c.set_output_type(0, c.dtype(0), dims);
  if (segments * inner == 0) return;
  reduce_segments(c, kind, ids, count, segments, inner);
  if (kind == Segment::kMin || kind == Segment::kMax) clear_empty(c, ids, count, segments, inner);
  if (kind == Segment::kMean) divide_by_counts(c, ids, count, segments, inner);
}

template <Segment kind>
void gradient(GradientContext& c) {
  segment_gradient(c, kind);
}

TG_OP("segment_sum(data: T, segment_ids: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.segment_sum")
    .summary("Adds up the rows of each segment.")
    .doc(R"(A segment without rows gives 0.

Args:
  data: a tensor of rank 1 or more; of a real dtype.
  segment_ids: the segment of each row, a vector of int32 or int64 that never falls.

Returns:
  A tensor of the same dtype with one row for each segment up to the last id.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or the ids fall or are negative (TG-0550).
)")
    .example(R"(>>> tg.math.segment_sum([1., 3., 2.], [0, 0, 1])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([4., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [0, 0, 1, 1, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2, 2]}, {"dtype": "int64", "value": [1, 1, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [3]}, {"dtype": "int32", "value": [0, 1, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kSum>>()
    .gradient<gradient<Segment::kSum>>();

TG_OP("segment_mean(data: T, segment_ids: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.segment_mean")
    .summary("Averages the rows of each segment.")
    .doc(R"(Integers are divided as C does it. A segment without rows gives 0.

Args:
  data: a tensor of rank 1 or more; of a real dtype.
  segment_ids: the segment of each row, a vector of int32 or int64 that never falls.

Returns:
  A tensor of the same dtype with one row for each segment up to the last id.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or the ids fall or are negative (TG-0550).
)")
    .example(R"(>>> tg.math.segment_mean([1., 3., 2.], [0, 0, 1])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([2., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [0, 0, 1, 1, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2, 2]}, {"dtype": "int64", "value": [1, 1, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [3]}, {"dtype": "int32", "value": [0, 1, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kMean>>()
    .gradient<gradient<Segment::kMean>>();

TG_OP("segment_prod(data: T, segment_ids: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.segment_prod")
    .summary("Multiplies the rows of each segment.")
    .doc(R"(A segment without rows gives 1.

Args:
  data: a tensor of rank 1 or more; of a real dtype.
  segment_ids: the segment of each row, a vector of int32 or int64 that never falls.

Returns:
  A tensor of the same dtype with one row for each segment up to the last id.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or the ids fall or are negative (TG-0550).
)")
    .example(R"(>>> tg.math.segment_prod([1., 3., 2.], [0, 0, 1])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [0, 0, 1, 1, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2, 2]}, {"dtype": "int64", "value": [1, 1, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [3]}, {"dtype": "int32", "value": [0, 1, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kProd>>()
    .gradient<gradient<Segment::kProd>>();

TG_OP("segment_min(data: T, segment_ids: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.segment_min")
    .summary("Takes the least of the rows of each segment.")
    .doc(R"(Rows that equal it share the gradient. A segment without rows gives 0.

Args:
  data: a tensor of rank 1 or more; of a real dtype.
  segment_ids: the segment of each row, a vector of int32 or int64 that never falls.

Returns:
  A tensor of the same dtype with one row for each segment up to the last id.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or the ids fall or are negative (TG-0550).
)")
    .example(R"(>>> tg.math.segment_min([1., 3., 2.], [0, 0, 1])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [0, 0, 1, 1, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2, 2]}, {"dtype": "int64", "value": [1, 1, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [3]}, {"dtype": "int32", "value": [0, 1, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kMin>>()
    .gradient<gradient<Segment::kMin>>();

TG_OP("segment_max(data: T, segment_ids: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.segment_max")
    .summary("Takes the greatest of the rows of each segment.")
    .doc(R"(Rows that equal it share the gradient. A segment without rows gives 0.

Args:
  data: a tensor of rank 1 or more; of a real dtype.
  segment_ids: the segment of each row, a vector of int32 or int64 that never falls.

Returns:
  A tensor of the same dtype with one row for each segment up to the last id.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or the ids fall or are negative (TG-0550).
)")
    .example(R"(>>> tg.math.segment_max([1., 3., 2.], [0, 0, 1])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [0, 0, 1, 1, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2, 2]}, {"dtype": "int64", "value": [1, 1, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [3]}, {"dtype": "int32", "value": [0, 1, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kMax>>()
    .gradient<gradient<Segment::kMax>>();

}  // namespace
}  // namespace tg
