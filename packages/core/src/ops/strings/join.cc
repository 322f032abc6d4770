// Strings one behind the other.
#include <algorithm>

#include "ops/strings/strings.hpp"

namespace tg {
namespace {

void infer_join(InferContext& c) {
  if (c.num_inputs() == 0) throw invalid_argument("TG-0110", "join needs at least one tensor", "inputs=[]");
  Dims dims = c.dims(0);
  for (size_t i = 1; i < c.num_inputs(); ++i) dims = broadcast(dims, c.dims(i), "inputs", "inputs");
  c.set_output(0, TG_STRING, dims);
}

void join(KernelContext& c) {
  std::string separator = c.string_attr("separator");
  std::vector<Strings> inputs;
  std::vector<Dims> shapes;
  Dims dims = c.dims(0);
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    inputs.emplace_back(c, i);
    shapes.push_back(c.dims(i));
    dims = broadcast(dims, c.dims(i));
  }
  StringBuilder out;
  for (int64_t i = 0; i < dims.num_elements(); ++i) {
    for (size_t k = 0; k < inputs.size(); ++k) {
      if (k > 0) out.bytes() += separator;
      out.bytes() += inputs[k][broadcast_place(i, dims, shapes[k])];
    }
    out.end();
  }
  c.set_output_tensor(0, out.tensor(dims));
}

TG_OP("string_join(inputs: [string], *, separator: str = '') -> string")
    .names("strings.join")
    .summary("Joins strings element by element.")
    .doc(R"(Args:
  inputs: tensors of strings, broadcast with each other.
  separator: what stands between two of them.

Returns:
  Strings of the shape that the tensors broadcast to.

Raises:
  InvalidArgumentError: the list is empty (TG-0110), or the shapes do not broadcast (TG-0101).
)")
    .example(R"(>>> tg.strings.join([["a", "b"], "c"], separator="-").numpy().tolist()
[b'a-c', b'b-c'])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a", "b"]}, {"dtype": "string", "value": "c"}],
           "attributes": {"separator": "-"}},
          {"inputs": [{"dtype": "string", "value": [["a"], ["b"]]}, {"dtype": "string", "value": ["c", ""]},
                      {"dtype": "string", "value": ["d", "e"]}]}])")
    .infer<infer_join>()
    .kernel<join>();

Dims reduced(const Context& c, const Dims& dims, std::vector<bool>* mask) {
  *mask = axis_mask(c.ints_attr("axis"), !c.has("axis"), dims.rank());
  bool keep = c.bool_attr("keepdims");
  Dims out;
  for (int i = 0; i < dims.rank(); ++i) {
    if (!(*mask)[static_cast<size_t>(i)]) out.push_back(dims[i]);
    else if (keep) out.push_back(1);
  }
  return out;
}

void infer_reduce(InferContext& c) {
  std::vector<bool> mask;
  Dims dims = c.dims(0);
  c.set_output(0, TG_STRING, dims.known_rank() ? reduced(c, dims, &mask) : dims);
}

void reduce(KernelContext& c) {
  Dims dims = c.dims(0);
  std::vector<bool> mask;
  Dims shape = reduced(c, dims, &mask);
  std::string separator = c.string_attr("separator");
  Strings input(c, 0);
  // The axes joined, in the order that the caller names them, or all from the first.
  std::vector<int> axes;
  for (int64_t axis : c.ints_attr("axis")) axes.push_back(normalize_axis(axis, dims.rank()));
  if (!c.has("axis"))
    for (int i = 0; i < dims.rank(); ++i) axes.push_back(i);
  Dims strides = dense_strides(dims, 1);
  int64_t joined = 1, kept = 1;
  for (int axis : axes) joined *= dims[axis];
  for (int i = 0; i < dims.rank(); ++i)
    if (!mask[static_cast<size_t>(i)]) kept *= dims[i];
  StringBuilder out;
  for (int64_t i = 0; i < kept; ++i) {
    int64_t rest = i, base = 0;
    for (int axis = dims.rank() - 1; axis >= 0; --axis) {
      if (mask[static_cast<size_t>(axis)]) continue;
      base += rest % dims[axis] * strides[axis];
      rest /= dims[axis];
    }
    for (int64_t k = 0; k < joined; ++k) {
      int64_t at = base;
      rest = k;
      for (size_t a = axes.size(); a-- > 0;) {
        at += rest % dims[axes[a]] * strides[axes[a]];
        rest /= dims[axes[a]];
      }
      if (k > 0) out.bytes() += separator;
      out.bytes() += input[at];
    }
    out.end();
  }
  c.set_output_tensor(0, out.tensor(shape));
}

TG_OP("string_reduce_join(inputs: string, *, axis: ints?, keepdims: bool = false, separator: str = '') -> string")
    .names("strings.reduce_join")
    .summary("Joins the strings along axes.")
    .doc(R"(Args:
  inputs: strings.
  axis: the axes; the last one named runs fastest. Absent: all.
  keepdims: keep the axes, with size 1.
  separator: what stands between two strings.

Returns:
  Strings; empty ones where nothing was joined.

Raises:
  InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104).
)")
    .example(R"(>>> tg.strings.reduce_join([["a", "b"], ["c", "d"]], axis=1, separator=" ").numpy().tolist()
[b'a b', b'c d'])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": [["a", "b"], ["c", "d"]]}], "attributes": {"separator": " "}},
          {"inputs": [{"dtype": "string", "value": [["a", "b"], ["c", "d"]]}],
           "attributes": {"axis": [0], "keepdims": true}},
          {"inputs": [{"dtype": "string", "value": [["a", "b"], ["c", "d"]]}], "attributes": {"axis": [1, 0]}}])")
    .infer<infer_reduce>()
    .kernel<reduce>();

void infer_segment(InferContext& c) {
  Dims inputs = c.dims(0), ids = c.dims(1);
  require_rank(c.dims(2), 0, "num_segments");
  int64_t segments = TG_DIM_UNKNOWN;
  if (auto known = c.constant_ints(2)) {
    segments = (*known)[0];
    if (segments < 0)
      throw invalid_argument("TG-0109", "num_segments must not be negative", "num_segments=" + text_of(segments));
  }
  if (!inputs.known_rank() || !ids.known_rank()) return c.set_output(0, TG_STRING, Dims::unknown_rank());
  bool fits = ids.rank() <= inputs.rank();
  for (int i = 0; fits && i < ids.rank(); ++i) fits = sizes_compatible(ids[i], inputs[i]);
  if (!fits)
    throw invalid_argument("TG-0105", "the shape of segment_ids must begin the shape of inputs",
                           "inputs.shape=" + inputs.str() + ", segment_ids.shape=" + ids.str());
  Dims out = {segments};
  for (int i = ids.rank(); i < inputs.rank(); ++i) out.push_back(inputs[i]);
  c.set_output(0, TG_STRING, out);
}

void segment_join(KernelContext& c) {
  Strings input(c, 0);
  std::vector<int64_t> ids = c.ints(1);
  int64_t segments = c.ints(2)[0];
  std::string separator = c.string_attr("separator");
  Dims dims = c.dims(0), out_dims = {segments};
  for (int i = c.dims(1).rank(); i < dims.rank(); ++i) out_dims.push_back(dims[i]);
  int64_t inner = product(dims, c.dims(1).rank(), dims.rank());
  checked_dims(std::vector<int64_t>(out_dims.begin(), out_dims.end()));
  const int64_t results = segments * inner;
  c.scratch(static_cast<size_t>(results) * sizeof(int64_t));  // where there is no memory for so many, this says so
  std::vector<std::pair<int64_t, int64_t>> members;  // segment and row
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= segments)
      throw out_of_range("a segment must lie below num_segments",
                         "segment_ids[" + text_of(static_cast<int64_t>(i)) + "]=" + text_of(ids[i]) +
                             ", num_segments=" + text_of(segments));
    if (ids[i] >= 0) members.emplace_back(ids[i], static_cast<int64_t>(i));
  }
  std::sort(members.begin(), members.end());
  StringBuilder out;
  size_t first = 0;
  for (int64_t segment = 0; segment < segments; ++segment) {
    size_t last = first;
    while (last < members.size() && members[last].first == segment) ++last;
    for (int64_t k = 0; k < inner; ++k) {
      for (size_t i = first; i < last; ++i) {
        if (i > first) out.bytes() += separator;
        out.bytes() += input[members[i].second * inner + k];
      }
      out.end();
    }
    first = last;
  }
  c.set_output_tensor(0, out.tensor(out_dims));
}

TG_OP("string_unsorted_segment_join(inputs: string, segment_ids: int32|int64, num_segments: int32|int64, *,"
      " separator: str = '') -> string")
    .names("strings.unsorted_segment_join")
    .summary("Joins the strings of each segment.")
    .doc(R"(Args:
  inputs: strings.
  segment_ids: the segment of each string (or row of strings), of a shape that begins that of `inputs`. Those below 0
    are left out.
  num_segments: how many segments there are, 0-d.
  separator: what stands between two strings.

Returns:
  Strings of shape [num_segments] + inputs.shape[segment_ids.rank:].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105, TG-0103), or `num_segments` is negative (TG-0109).
  OutOfRangeError: a segment is not below `num_segments` (TG-0107).
)")
    .example(R"(>>> tg.strings.unsorted_segment_join(["a", "b", "c"], [1, 0, 1], 2, separator=":").numpy().tolist()
[b'b', b'a:c'])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a", "b", "c"]}, {"dtype": "int32", "value": [1, 0, 1]},
                      {"dtype": "int32", "value": 3}], "attributes": {"separator": ":"}},
          {"inputs": [{"dtype": "string", "value": [["a", "b"], ["c", "d"]]}, {"dtype": "int64", "value": [-1, 0]},
                      {"dtype": "int64", "value": 1}]}])")
    .infer<infer_segment>()
    .kernel<segment_join>();

}  // namespace
}  // namespace tg
