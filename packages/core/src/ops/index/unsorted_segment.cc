#include "ops/index/segment.hpp"

namespace tg {
namespace {

int64_t counted(int64_t segments) {
  if (segments < 0)
    throw invalid_argument("TG-0109", "num_segments must not be negative", "num_segments=" + text_of(segments));
  return segments;
}

Dims reduced(const Dims& data, const Dims& ids, int64_t segments) {
  if (!data.known_rank() || !ids.known_rank()) return Dims::unknown_rank();
  bool fits = ids.rank() <= data.rank();
  for (int i = 0; fits && i < ids.rank(); ++i) fits = sizes_compatible(data[i], ids[i]);
  if (!fits)
    throw invalid_argument("TG-0105", "the shape of segment_ids must be a beginning of that of data",
                           "data.shape=" + data.str() + ", segment_ids.shape=" + ids.str());
  Dims dims;
  dims.push_back(segments);
  for (int i = ids.rank(); i < data.rank(); ++i) dims.push_back(data[i]);
  return dims;
}

void infer(InferContext& c) {
  require_rank(c.dims(2), 0, "num_segments");
  auto known = c.constant_ints(2);
  int64_t segments = known ? counted((*known)[0]) : TG_DIM_UNKNOWN;
  Dims dims = reduced(c.dims(0), c.dims(1), segments);
  if (dims.is_static()) checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  c.set_output(0, c.dtype(0), dims);
}

template <Segment kind>
void kernel(KernelContext& c) {
  Dims data = c.dims(0);
  int64_t segments = counted(c.ints(2)[0]), count = c.num_elements(1);
  Dims dims = reduced(data, c.dims(1), segments);
  checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  const int64_t* ids = wide_ids(c);
  for (int64_t i = 0; i < count; ++i)
    if (ids[i] >= segments)
      throw out_of_range("a segment id must be below num_segments", "segment_ids[" + text_of(i) + "]=" +
                                                                        text_of(ids[i]) + ", num_segments=" +
                                                                        text_of(segments));
  c.set_output_type(0, c.dtype(0), dims);
  int64_t inner = product(dims, 1, dims.rank());
  if (segments * inner > 0) reduce_segments(c, kind, ids, count, segments, inner);
}

template <Segment kind>
void gradient(GradientContext& c) {
  segment_gradient(c, kind);
}

TG_OP("unsorted_segment_sum(data: T, segment_ids: int32|int64, num_segments: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.unsorted_segment_sum")
    .summary("Adds up the rows of each segment, whose ids may come in any order.")
    .doc(R"(A segment without rows gives 0.

Args:
  data: a tensor; of a real dtype.
  segment_ids: the segments, int32 or int64; its shape is a beginning of that of `data`. Rows with a negative id are
    left out.
  num_segments: how many segments there are, a 0-d int32 or int64.

Returns:
  A tensor of the same dtype and of shape (num_segments,) + data.shape[rank of segment_ids:].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or `num_segments` is negative (TG-0109).
  OutOfRangeError: an id is not below `num_segments` (TG-0107).
)")
    .example(R"(>>> tg.math.unsorted_segment_sum([1., 3., 100.], [1, 0, 1], 2)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 3., 101.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [2, 0, -1, 2, 0]},
                      {"dtype": "int32", "value": 4}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "int64", "value": [[1, 0], [1, 1]]},
                      {"dtype": "int64", "value": 2}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kSum>>()
    .gradient<gradient<Segment::kSum>>();

TG_OP("unsorted_segment_prod(data: T, segment_ids: int32|int64, num_segments: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.unsorted_segment_prod")
    .summary("Multiplies the rows of each segment, whose ids may come in any order.")
    .doc(R"(A segment without rows gives 1.

Args:
  data: a tensor; of a real dtype.
  segment_ids: the segments, int32 or int64; its shape is a beginning of that of `data`. Rows with a negative id are
    left out.
  num_segments: how many segments there are, a 0-d int32 or int64.

Returns:
  A tensor of the same dtype and of shape (num_segments,) + data.shape[rank of segment_ids:].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or `num_segments` is negative (TG-0109).
  OutOfRangeError: an id is not below `num_segments` (TG-0107).
)")
    .example(R"(>>> tg.math.unsorted_segment_prod([1., 3., 100.], [1, 0, 1], 2)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([  3., 100.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [2, 0, -1, 2, 0]},
                      {"dtype": "int32", "value": 4}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "int64", "value": [[1, 0], [1, 1]]},
                      {"dtype": "int64", "value": 2}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kProd>>()
    .gradient<gradient<Segment::kProd>>();

TG_OP("unsorted_segment_min(data: T, segment_ids: int32|int64, num_segments: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.unsorted_segment_min")
    .summary("Takes the least of the rows of each segment, whose ids may come in any order.")
    .doc(R"(Rows that equal it share the gradient. A segment without rows gives the greatest finite number of the dtype.

Args:
  data: a tensor; of a real dtype.
  segment_ids: the segments, int32 or int64; its shape is a beginning of that of `data`. Rows with a negative id are
    left out.
  num_segments: how many segments there are, a 0-d int32 or int64.

Returns:
  A tensor of the same dtype and of shape (num_segments,) + data.shape[rank of segment_ids:].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or `num_segments` is negative (TG-0109).
  OutOfRangeError: an id is not below `num_segments` (TG-0107).
)")
    .example(R"(>>> tg.math.unsorted_segment_min([1., 3., 100.], [1, 0, 1], 2)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 1.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [2, 0, -1, 1, 0]},
                      {"dtype": "int32", "value": 3}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "int64", "value": [[1, 0], [1, 1]]},
                      {"dtype": "int64", "value": 2}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kMin>>()
    .gradient<gradient<Segment::kMin>>();

TG_OP("unsorted_segment_max(data: T, segment_ids: int32|int64, num_segments: int32|int64) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.unsorted_segment_max")
    .summary("Takes the greatest of the rows of each segment, whose ids may come in any order.")
    .doc(R"(Rows that equal it share the gradient. A segment without rows gives the lowest finite number of the dtype.

Args:
  data: a tensor; of a real dtype.
  segment_ids: the segments, int32 or int64; its shape is a beginning of that of `data`. Rows with a negative id are
    left out.
  num_segments: how many segments there are, a 0-d int32 or int64.

Returns:
  A tensor of the same dtype and of shape (num_segments,) + data.shape[rank of segment_ids:].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or `num_segments` is negative (TG-0109).
  OutOfRangeError: an id is not below `num_segments` (TG-0107).
)")
    .example(R"(>>> tg.math.unsorted_segment_max([1., 3., 100.], [1, 0, 1], 2)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([  3., 100.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 3]}, {"dtype": "int32", "value": [2, 0, -1, 1, 0]},
                      {"dtype": "int32", "value": 3}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "int64", "value": [[1, 0], [1, 1]]},
                      {"dtype": "int64", "value": 2}]}])")
    .infer<infer>()
    .widened_kernel<kernel<Segment::kMax>>()
    .gradient<gradient<Segment::kMax>>();

}  // namespace
}  // namespace tg
