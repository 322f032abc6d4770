// Between row splits and the number of the row of each value.
#include "ops/common.hpp"

namespace tg {
namespace {

Error bad_splits(const std::string& received) {
  return invalid_argument("TG-0634", "row splits must begin with 0 and must not fall", received);
}

template <class F>
void with_index(int dtype, const F& f) {
  if (dtype == TG_INT32) f(int32_t{});
  else f(int64_t{});
}

void infer_ids(InferContext& c) {
  require_rank(c.dims(0), 1, "splits");
  c.set_output(0, c.dtype(0), {TG_DIM_UNKNOWN});
}

void ids(KernelContext& c) {
  std::vector<int64_t> splits = c.ints(0);
  if (splits.empty() || splits[0] != 0) throw bad_splits("splits=" + text_of(splits.empty() ? -1 : splits[0]));
  for (size_t i = 1; i < splits.size(); ++i)
    if (splits[i] < splits[i - 1]) throw bad_splits("splits[" + text_of(static_cast<int64_t>(i)) + "]=" + text_of(splits[i]));
  checked_dims({splits.back()});
  c.set_output_type(0, c.dtype(0), {splits.back()});
  with_index(c.dtype(0), [&](auto zero) {
    using T = decltype(zero);
    T* out = c.output<T>(0);
    for (size_t row = 0; row + 1 < splits.size(); ++row)
      for (int64_t i = splits[row]; i < splits[row + 1]; ++i) out[i] = static_cast<T>(row);
  });
}

TG_OP("ragged_row_ids(splits: I) -> I")
    .types("I: int32 int64")
    .summary("The row of each value, from row splits.")
    .doc(R"(Args:
  splits: where the rows begin and end: 0, then the end of each row.

Returns:
  A vector of the dtype of `splits`: the number of the row of each value.

Raises:
  InvalidArgumentError: the splits do not begin with 0, or fall (TG-0634), or are no vector (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "int64", "value": [0, 3, 3, 5]}]}])")
    .infer<infer_ids>()
    .kernel<ids>();

void infer_splits(InferContext& c) {
  require_rank(c.dims(0), 1, "ids");
  require_rank(c.dims(1), 0, "num_rows");
  int64_t size = TG_DIM_UNKNOWN;
  if (auto rows = c.constant_ints(1)) {
    size = (*rows)[0];
    if (size < 0 || size > (int64_t{1} << 60))
      throw invalid_argument("TG-0109", "num_rows must not be negative", "num_rows=" + text_of(size));
    ++size;
  }
  c.set_output(0, c.dtype(0), {size});
}

void splits(KernelContext& c) {
  std::vector<int64_t> ids = c.ints(0);
  int64_t rows = c.ints(1)[0];
  checked_dims({rows});
  c.set_output_type(0, c.dtype(0), {rows + 1});
  with_index(c.dtype(0), [&](auto zero) {
    using T = decltype(zero);
    T* out = c.output<T>(0);
    size_t at = 0;
    out[0] = 0;
    for (int64_t row = 0; row < rows; ++row) {
      while (at < ids.size() && ids[at] == row) ++at;
      out[row + 1] = static_cast<T>(at);
    }
    if (at < ids.size())
      throw invalid_argument("TG-0634", "numbers of rows must not fall and lie in [0, num_rows)",
                             "ids[" + text_of(static_cast<int64_t>(at)) + "]=" + text_of(ids[at]) +
                                 ", num_rows=" + text_of(rows));
  });
}

TG_OP("ragged_row_splits(ids: I, num_rows: I) -> I")
    .types("I: int32 int64")
    .summary("Where rows begin and end, from the row of each value.")
    .doc(R"(Args:
  ids: the number of the row of each value; they must not fall.
  num_rows: how many rows there are, 0-d.

Returns:
  A vector of num_rows + 1 numbers: 0, then the end of each row.

Raises:
  InvalidArgumentError: the numbers fall or lie outside (TG-0634), `num_rows` is negative (TG-0109), or the ranks are
    others (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "int64", "value": [0, 0, 0, 2, 2]}, {"dtype": "int64", "value": 4}]}])")
    .infer<infer_splits>()
    .kernel<splits>();

}  // namespace
}  // namespace tg
