// Strings cut into pieces; the pieces of all strings follow each other, and row splits tell them apart.
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

Dims splits_dims(const Dims& input) {
  int64_t count = input.num_elements();
  return {count < 0 ? TG_DIM_UNKNOWN : count + 1};
}

void infer_split(InferContext& c) {
  require_rank(c.dims(1), 0, "sep");
  c.set_output(0, TG_STRING, {TG_DIM_UNKNOWN});
  c.set_output(1, TG_INT64, splits_dims(c.dims(0)));
}

// Runs of white space part; there are no empty pieces.
void split_space(std::string_view text, int64_t most, StringBuilder* out) {
  auto is_space = [](char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); };
  for (int64_t pieces = 0;; ++pieces) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    if (text.empty()) return;
    size_t end = 0;
    if (most >= 0 && pieces >= most) {
      end = text.size();
      while (end > 0 && is_space(text[end - 1])) --end;
      return out->add(text.substr(0, end));
    }
    while (end < text.size() && !is_space(text[end])) ++end;
    out->add(text.substr(0, end));
    text.remove_prefix(end);
  }
}

void split_at(std::string_view text, std::string_view separator, int64_t most, StringBuilder* out) {
  for (int64_t pieces = 0; most < 0 || pieces < most; ++pieces) {
    size_t end = text.find(separator);
    if (end == std::string_view::npos) break;
    out->add(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  out->add(text);
}

// The pieces of each string, by split(text, out).
template <class F>
void fill(KernelContext& c, const F& split) {
  Strings input(c, 0);
  StringBuilder out;
  c.set_output_type(1, TG_INT64, {input.count() + 1});
  int64_t* splits = c.output<int64_t>(1);
  splits[0] = 0;
  for (int64_t i = 0; i < input.count(); ++i) {
    split(input[i], &out);
    splits[i + 1] = out.count();
  }
  c.set_output_tensor(0, out.tensor({out.count()}));
}

void split(KernelContext& c) {
  std::string_view separator = Strings(c, 1)[0];
  int64_t most = c.int_attr("maxsplit");
  fill(c, [&](std::string_view text, StringBuilder* out) {
    if (separator.empty()) split_space(text, most, out);
    else split_at(text, separator, most, out);
  });
}

TG_OP("string_split(input: string, sep: string, *, maxsplit: int = -1) -> string, int64")
    .summary("Splits strings at a separator.")
    .doc(R"(Args:
  input: strings of any shape, counted row by row.
  sep: the separator, 0-d; empty: runs of white space separate, and there are no empty pieces.
  maxsplit: how often to split at most, -1: as often as it is found.

Returns:
  The pieces of all strings, one behind the other, and where those of each string begin and end: the pieces of string i
  are [splits[i], splits[i + 1]).

Raises:
  InvalidArgumentError: the separator is not 0-d (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a b  c", "", " d"]}, {"dtype": "string", "value": ""}]},
          {"inputs": [{"dtype": "string", "value": [["1,2,,3"], [""]]}, {"dtype": "string", "value": ","}]},
          {"inputs": [{"dtype": "string", "value": ["1, 2, 3"]}, {"dtype": "string", "value": ", "}],
           "attributes": {"maxsplit": 1}}])")
    .infer<infer_split>()
    .kernel<split>();

void infer_bytes(InferContext& c) {
  c.set_output(0, TG_STRING, {TG_DIM_UNKNOWN});
  c.set_output(1, TG_INT64, splits_dims(c.dims(0)));
}

void bytes(KernelContext& c) {
  fill(c, [](std::string_view text, StringBuilder* out) {
    for (size_t i = 0; i < text.size(); ++i) out->add(text.substr(i, 1));
  });
}

TG_OP("string_bytes_split(input: string) -> string, int64")
    .summary("Splits strings into their bytes.")
    .doc(R"(Args:
  input: strings of any shape, counted row by row.

Returns:
  The bytes of all strings, one behind the other, and the row splits that tell the strings apart.
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["abc", "", "d"]}]}])")
    .infer<infer_bytes>()
    .kernel<bytes>();

constexpr int64_t kWidest = 10000;

void infer_ngrams(InferContext& c) {
  require_rank(c.dims(0), 1, "data");
  require_rank(c.dims(1), 1, "data_splits");
  for (int64_t width : c.ints_attr("ngram_widths"))
    if (width < 1 || width > kWidest)
      throw invalid_argument("TG-0106", "widths of n-grams must lie in [1, 10000]", "ngram_widths=" + text_of(width));
  if (c.int_attr("pad_width") < -1 || c.int_attr("pad_width") > kWidest)
    throw invalid_argument("TG-0106", "pad_width must lie in [-1, 10000]", "pad_width=" + text_of(c.int_attr("pad_width")));
  c.set_output(0, TG_STRING, {TG_DIM_UNKNOWN});
  c.set_output(1, c.dtype(1), c.dims(1));
}

void ngrams(KernelContext& c) {
  Strings data(c, 0);
  std::vector<int64_t> splits = c.ints(1);
  std::string separator = c.string_attr("separator"), left = c.string_attr("left_pad"), right = c.string_attr("right_pad");
  int64_t pad_width = c.int_attr("pad_width");
  bool preserve = c.bool_attr("preserve_short_sequences");
  if (splits.empty() || splits.front() != 0 || splits.back() != data.count())
    throw invalid_argument("TG-0634", "data_splits must begin with 0 and end with the number of strings",
                           "data_splits of " + text_of(static_cast<int64_t>(splits.size())) + " entries");
  // All of them before any is followed: a row in between may point behind the data.
  for (size_t row = 0; row + 1 < splits.size(); ++row)
    if (splits[row + 1] < splits[row])
      throw invalid_argument("TG-0634", "data_splits must not fall", "data_splits=" + text_of(splits[row + 1]));
  StringBuilder out;
  std::vector<int64_t> out_splits = {0};
  for (size_t row = 0; row + 1 < splits.size(); ++row) {
    int64_t begin = splits[row], length = splits[row + 1] - begin;
    auto add = [&](int64_t first, int64_t width, int64_t pad) {
      for (int64_t k = first; k < first + width; ++k) {
        if (k > first) out.bytes() += separator;
        out.bytes() += k < pad ? std::string_view(left) : k < pad + length ? data[begin + k - pad] : std::string_view(right);
      }
      out.end();
    };
    int64_t before = out.count();
    for (int64_t width : c.ints_attr("ngram_widths")) {
      int64_t pad = pad_width < 0 ? width - 1 : std::min(pad_width, width - 1);
      int64_t count = length + 2 * pad - width + 1;
      for (int64_t i = 0; i < count; ++i) add(i, width, pad);
    }
    // A row too short for any n-gram gives one of all that it has.
    if (preserve && out.count() == before && length > 0) {
      int64_t pad = pad_width < 0 ? 0 : pad_width;
      add(0, length + 2 * pad, pad);
    }
    out_splits.push_back(out.count());
  }
  c.set_output_type(1, c.dtype(1), {static_cast<int64_t>(out_splits.size())});
  for (size_t i = 0; i < out_splits.size(); ++i) {
    if (c.dtype(1) == TG_INT64) c.output<int64_t>(1)[i] = out_splits[i];
    else c.output<int32_t>(1)[i] = static_cast<int32_t>(out_splits[i]);
  }
  c.set_output_tensor(0, out.tensor({out.count()}));
}

TG_OP("string_ngrams(data: string, data_splits: S, *, ngram_widths: ints, separator: str = ' ', left_pad: str = '',"
      " right_pad: str = '', pad_width: int = 0, preserve_short_sequences: bool = false) -> string, S")
    .types("S: int32 int64")
    .summary("Joins neighbours of each row.")
    .doc(R"(Args:
  data: the strings of all rows, a vector.
  data_splits: where each row begins and ends.
  ngram_widths: how many neighbours are joined; all of one width before those of the next.
  separator: what stands between two of them.
  left_pad: what is put before each row.
  right_pad: what is put behind each row.
  pad_width: how often; at most width - 1, and -1 stands for that.
  preserve_short_sequences: a row too short for an n-gram gives one of all that it has.

Returns:
  The n-grams of all rows, and where those of each row begin and end.

Raises:
  InvalidArgumentError: the splits are none (TG-0634), a width is outside [1, 10000] (TG-0106), or the ranks are not 1 (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a", "b", "c", "d"]}, {"dtype": "int64", "value": [0, 3, 3, 4]}],
           "attributes": {"ngram_widths": [2, 3], "separator": "|"}},
          {"inputs": [{"dtype": "string", "value": ["a", "b", "c", "d"]}, {"dtype": "int32", "value": [0, 3, 3, 4]}],
           "attributes": {"ngram_widths": [2], "left_pad": "<", "right_pad": ">", "pad_width": -1}},
          {"inputs": [{"dtype": "string", "value": ["a", "b"]}, {"dtype": "int64", "value": [0, 2]}],
           "attributes": {"ngram_widths": [3], "preserve_short_sequences": true}}])")
    .infer<infer_ngrams>()
    .kernel<ngrams>();

}  // namespace
}  // namespace tg
