// Between bytes and code points.
#include "kernels/unicode.h"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

kernels::Encoding encoding_attr(const Context& c, const char* name, bool output = false) {
  std::string text = c.string_attr(name);
  kernels::Encoding encoding = kernels::encoding_of(text);
  bool narrow = encoding == kernels::Encoding::kAscii || encoding == kernels::Encoding::kLatin1;
  if (encoding == kernels::Encoding::kUnknown || (output && narrow))
    throw invalid_argument("TG-0106", std::string(name) + " must be UTF-8, UTF-16-BE, UTF-16-LE, UTF-32-BE or UTF-32-LE" +
                                          (output ? "" : ", or US-ASCII or ISO-8859-1"),
                           std::string(name) + "=" + quoted(text));
  return encoding;
}

// What to do with what is no code point.
struct Handling {
  enum { kStrict, kReplace, kIgnore } errors;
  int32_t replacement;
  bool controls;

  explicit Handling(const Context& c, bool with_controls = true) {
    std::string text = c.string_attr("errors");
    if (text != "strict" && text != "replace" && text != "ignore")
      throw invalid_argument("TG-0106", "errors must be 'strict', 'replace' or 'ignore'", "errors=" + quoted(text));
    errors = text == "strict" ? kStrict : text == "replace" ? kReplace : kIgnore;
    int64_t rune = c.int_attr("replacement_char");
    if (!kernels::is_valid_rune(rune))
      throw invalid_argument("TG-0106", "replacement_char must be a code point", "replacement_char=" + text_of(rune));
    replacement = static_cast<int32_t>(rune);
    controls = with_controls && c.bool_attr("replace_control_characters");
  }
};

// visit(rune, offset) for each code point of a text.
template <class F>
void for_each_rune(std::string_view text, kernels::Encoding encoding, const Handling& handling, const F& visit) {
  for (size_t at = 0; at < text.size();) {
    int32_t rune = -1;
    size_t size = kernels::decode(encoding, text.data() + at, text.size() - at, &rune);
    if (rune < 0) {
      if (handling.errors == Handling::kStrict)
        throw invalid_argument("TG-0635", "the bytes must be code points in the encoding",
                               "input=" + quoted(text) + " at byte " + text_of(static_cast<int64_t>(at)));
      if (handling.errors == Handling::kReplace) visit(handling.replacement, at);
    } else {
      visit(handling.controls && rune <= 0x1F ? handling.replacement : rune, at);
    }
    at += size;
  }
}

void infer_decode(InferContext& c) {
  encoding_attr(c, "input_encoding");
  Handling handling(c);
  int64_t count = c.dims(0).num_elements();
  c.set_output(0, TG_INT64, {count < 0 ? TG_DIM_UNKNOWN : count + 1});
  c.set_output(1, TG_INT32, {TG_DIM_UNKNOWN});
  c.set_output(2, TG_INT64, {TG_DIM_UNKNOWN});
}

void decode(KernelContext& c) {
  kernels::Encoding encoding = encoding_attr(c, "input_encoding");
  Handling handling(c);
  Strings input(c, 0);
  std::vector<int32_t> runes;
  std::vector<int64_t> starts, splits = {0};
  for (int64_t i = 0; i < input.count(); ++i) {
    for_each_rune(input[i], encoding, handling, [&](int32_t rune, size_t at) {
      runes.push_back(rune);
      starts.push_back(static_cast<int64_t>(at));
    });
    splits.push_back(static_cast<int64_t>(runes.size()));
  }
  int64_t count = static_cast<int64_t>(runes.size());
  c.set_output_tensor(0, make_tensor<int64_t>({input.count() + 1}, splits));
  c.set_output_tensor(1, make_tensor<int32_t>({count}, runes));
  c.set_output_tensor(2, make_tensor<int64_t>({count}, starts));
}

TG_OP("unicode_decode_with_offsets(input: string, *, input_encoding: str, errors: str = 'replace',"
      " replacement_char: int = 65533, replace_control_characters: bool = false) -> int64, int32, int64")
    .summary("The code points of strings, and where they begin.")
    .doc(R"(Args:
  input: strings of any shape, counted row by row.
  input_encoding: 'UTF-8', 'UTF-16-BE', 'UTF-32-BE', the little-endian ones, 'US-ASCII' or 'ISO-8859-1'.
  errors: what to do with bytes that are no code point: 'strict' is an error, 'replace' or 'ignore' them.
  replacement_char: what replaces them.
  replace_control_characters: replace code points below 32, too.

Returns:
  Row splits, the code points of all strings one behind the other, and the byte at which each begins in its string.

Raises:
  InvalidArgumentError: bytes are no code point and `errors` is 'strict' (TG-0635), or an attribute has another value
    (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["Größe", "", "a\tb"]}],
           "attributes": {"input_encoding": "UTF-8", "replace_control_characters": true}}])")
    .infer<infer_decode>()
    .kernel<decode>();

void infer_encode(InferContext& c) {
  require_rank(c.dims(0), 1, "input_values");
  require_rank(c.dims(1), 1, "input_splits");
  encoding_attr(c, "output_encoding", true);
  Handling handling(c, false);
  int64_t splits = c.dims(1).known_rank() ? c.dims(1)[0] : TG_DIM_UNKNOWN;
  if (splits == 0) throw invalid_argument("TG-0634", "input_splits must begin with 0", "input_splits.shape=(0,)");
  c.set_output(0, TG_STRING, {splits < 0 ? TG_DIM_UNKNOWN : splits - 1});
}

void encode(KernelContext& c) {
  kernels::Encoding encoding = encoding_attr(c, "output_encoding", true);
  Handling handling(c, false);
  const int32_t* runes = c.input<int32_t>(0);
  std::vector<int64_t> splits = c.ints(1);
  if (splits.empty() || splits.front() != 0 || splits.back() != c.num_elements(0))
    throw invalid_argument("TG-0634", "input_splits must begin with 0 and end with the number of values",
                           "input_splits of " + text_of(static_cast<int64_t>(splits.size())) + " entries");
  StringBuilder out;
  for (size_t row = 0; row + 1 < splits.size(); ++row) {
    if (splits[row + 1] < splits[row] || splits[row + 1] > splits.back())
      throw invalid_argument("TG-0634", "input_splits must not fall", "input_splits=" + text_of(splits[row + 1]));
    for (int64_t i = splits[row]; i < splits[row + 1]; ++i) {
      if (kernels::is_valid_rune(runes[i])) {
        kernels::encode(encoding, runes[i], &out.bytes());
      } else if (handling.errors == Handling::kStrict) {
        throw invalid_argument("TG-0635", "the values must be code points", "input=" + text_of(runes[i]));
      } else if (handling.errors == Handling::kReplace) {
        kernels::encode(encoding, handling.replacement, &out.bytes());
      }
    }
    out.end();
  }
  c.set_output_tensor(0, out.tensor({out.count()}));
}

TG_OP("unicode_encode(input_values: int32, input_splits: int32|int64, *, output_encoding: str, errors: str = 'replace',"
      " replacement_char: int = 65533) -> string")
    .summary("Strings of code points.")
    .doc(R"(Args:
  input_values: the code points of all strings, one behind the other.
  input_splits: where those of each string begin and end.
  output_encoding: 'UTF-8', 'UTF-16-BE', 'UTF-32-BE' or the little-endian ones.
  errors: what to do with values that are no code point: 'strict' is an error, 'replace' or 'ignore' them.
  replacement_char: what replaces them.

Returns:
  A vector of strings.

Raises:
  InvalidArgumentError: a value is no code point and `errors` is 'strict' (TG-0635), the splits are none (TG-0634), the
    ranks are not 1 (TG-0103), or an attribute has another value (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [71, 246, 128512]}, {"dtype": "int64", "value": [0, 2, 2, 3]}],
           "attributes": {"output_encoding": "UTF-8"}}])")
    .infer<infer_encode>()
    .kernel<encode>();

void infer_transcode(InferContext& c) {
  encoding_attr(c, "input_encoding");
  encoding_attr(c, "output_encoding", true);
  Handling handling(c);
  c.set_output(0, TG_STRING, c.dims(0));
}

void transcode(KernelContext& c) {
  kernels::Encoding from = encoding_attr(c, "input_encoding"), to = encoding_attr(c, "output_encoding", true);
  Handling handling(c);
  Strings input(c, 0);
  StringBuilder out;
  for (int64_t i = 0; i < input.count(); ++i) {
    for_each_rune(input[i], from, handling, [&](int32_t rune, size_t) { kernels::encode(to, rune, &out.bytes()); });
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

TG_OP("unicode_transcode(input: string, *, input_encoding: str, output_encoding: str, errors: str = 'replace',"
      " replacement_char: int = 65533, replace_control_characters: bool = false) -> string")
    .names("strings.unicode_transcode")
    .summary("Strings in another encoding.")
    .doc(R"(Args:
  input: strings.
  input_encoding: 'UTF-8', 'UTF-16-BE', 'UTF-32-BE', the little-endian ones, 'US-ASCII' or 'ISO-8859-1'.
  output_encoding: one of these that holds all code points.
  errors: what to do with bytes that are no code point: 'strict' is an error, 'replace' or 'ignore' them.
  replacement_char: what replaces them.
  replace_control_characters: replace code points below 32, too.

Returns:
  Strings of the same shape.

Raises:
  InvalidArgumentError: bytes are no code point and `errors` is 'strict' (TG-0635), or an attribute has another value
    (TG-0106).
)")
    .example(R"(>>> tg.strings.unicode_transcode("aé", "UTF-8", "UTF-16-BE").numpy()
b'\x00a\x00\xe9')")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["Größe", "a\tb"]}],
           "attributes": {"input_encoding": "UTF-8", "output_encoding": "UTF-8", "replace_control_characters": true}}])")
    .infer<infer_transcode>()
    .kernel<transcode>();

void infer_script(InferContext& c) { c.set_output(0, TG_INT32, c.dims(0)); }

void script(KernelContext& c) {
  const int32_t* input = c.input<int32_t>(0);
  int32_t* out = c.output<int32_t>(0);
  int64_t count = c.num_elements(0);
  for (int64_t i = 0; i < count; ++i) out[i] = kernels::script_of(input[i]);
}

TG_OP("unicode_script(input: int32) -> int32")
    .names("strings.unicode_script")
    .summary("The scripts of code points.")
    .doc(R"(Args:
  input: code points.

Returns:
  The numbers of the scripts, as ICU counts them (8 is Cyrillic, 17 Han, 25 Latin); -1 for what is no code point.

Source: the Unicode Character Database 15, Scripts.txt.
)")
    .example(R"(>>> tg.strings.unicode_script([ord("a"), ord("д")]).numpy().tolist()
[25, 8])")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [97, 1076, 19968, 64, -5, 1114112]}]}])")
    .infer<infer_script>()
    .kernel<script>();

}  // namespace
}  // namespace tg
