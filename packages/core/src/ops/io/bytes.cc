// Between bytes and what they stand for: base 64, raw numbers, columns of text.
#include <algorithm>
#include <cstring>

#include "ops/strings/strings.hpp"

namespace tg {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void infer_same(InferContext& c) { c.set_output(0, TG_STRING, c.dims(0)); }

void encode(KernelContext& c) {
  bool pad = c.bool_attr("pad");
  Strings input(c, 0);
  StringBuilder out;
  for (int64_t i = 0; i < input.count(); ++i) {
    std::string_view text = input[i];
    for (size_t at = 0; at < text.size(); at += 3) {
      size_t count = std::min<size_t>(3, text.size() - at);
      uint32_t word = 0;
      for (size_t k = 0; k < 3; ++k) word = word << 8 | (k < count ? static_cast<uint8_t>(text[at + k]) : 0);
      for (size_t k = 0; k < 4; ++k) {
        if (k <= count) out.bytes() += kDigits[word >> (18 - 6 * k) & 63];
        else if (pad) out.bytes() += '=';
      }
    }
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

TG_OP("encode_base64(input: string, *, pad: bool = false) -> string")
    .names("io.encode_base64")
    .summary("Strings in base 64, with the digits that are safe in web addresses (RFC 4648, 5).")
    .doc(R"(Args:
  input: strings.
  pad: fill up with '=' to a multiple of 4.

Returns:
  Strings of the same shape.
)")
    .example(R"(>>> tg.io.encode_base64("hello").numpy()
b'aGVsbG8')")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["", "f", "fo", "foo?>"]}], "attributes": {"pad": true}},
          {"inputs": [{"dtype": "string", "value": [["f"], ["fo"]]}]}])")
    .infer<infer_same>()
    .kernel<encode>();

void decode(KernelContext& c) {
  Strings input(c, 0);
  StringBuilder out;
  auto wrong = [](std::string_view text) {
    return invalid_argument("TG-0646", "each string must be in base 64 with the digits '-' and '_'", "input=" + quoted(text));
  };
  for (int64_t i = 0; i < input.count(); ++i) {
    std::string_view text = input[i];
    size_t size = text.size();
    while (size > 0 && text[size - 1] == '=' && text.size() - size < 2) --size;
    if (size % 4 == 1 || (size != text.size() && text.size() % 4 != 0)) throw wrong(text);
    uint32_t word = 0;
    int bits = 0;
    for (char digit : text.substr(0, size)) {
      const char* place = digit == '\0' ? nullptr : std::strchr(kDigits, digit);
      if (!place) throw wrong(text);
      word = word << 6 | static_cast<uint32_t>(place - kDigits);
      bits += 6;
      if (bits >= 8) out.bytes() += static_cast<char>(word >> (bits -= 8));
    }
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

TG_OP("decode_base64(input: string) -> string")
    .names("io.decode_base64")
    .summary("Reads strings in base 64, with the digits that are safe in web addresses (RFC 4648, 5).")
    .doc(R"(Args:
  input: strings, filled up with '=' or not.

Returns:
  Strings of the same shape.

Raises:
  InvalidArgumentError: a string is not in base 64 (TG-0646).
)")
    .example(R"(>>> tg.io.decode_base64("aGVsbG8").numpy()
b'hello')")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["", "Zg==", "Zm8", "Zm9v"]}]}])")
    .infer<infer_same>()
    .kernel<decode>();

int64_t fixed_length(const Context& c) {
  int64_t length = c.int_attr("fixed_length");
  int64_t size = static_cast<int64_t>(element_size(c.dtype_attr("out_type")));
  if (length < -1 || length == 0 || (length > 0 && length % size != 0))
    throw invalid_argument("TG-0106", "fixed_length must be a positive multiple of the size of out_type, or -1",
                           "fixed_length=" + text_of(length));
  return length;
}

void infer_raw(InferContext& c) {
  int64_t length = fixed_length(c);
  Dims dims = c.dims(0);
  if (dims.known_rank())
    dims.push_back(length < 0 ? TG_DIM_UNKNOWN
                              : length / static_cast<int64_t>(element_size(c.dtype_attr("out_type"))));
  c.set_output(0, c.dtype_attr("out_type"), dims);
}

void raw(KernelContext& c) {
  int64_t length = fixed_length(c);
  int dtype = c.dtype_attr("out_type");
  size_t size = element_size(dtype);
  Strings input(c, 0);
  size_t bytes = length < 0 ? (input.count() > 0 ? input[0].size() : 0) : static_cast<size_t>(length);
  for (int64_t i = 0; length < 0 && i < input.count(); ++i)
    if (input[i].size() != bytes || bytes % size != 0)
      throw invalid_argument("TG-0647", "strings must be equally long, a multiple of the size of out_type",
                             "lengths " + text_of(static_cast<int64_t>(bytes)) + " and " +
                                 text_of(static_cast<int64_t>(input[i].size())) + ", elements of " +
                                 text_of(static_cast<int64_t>(size)) + " bytes");
  Dims dims = c.dims(0);
  dims.push_back(static_cast<int64_t>(bytes / size));
  c.set_output_type(0, dtype, dims);
  if (dims.num_elements() == 0) return;
  char* out = c.output<char>(0);
  std::memset(out, 0, static_cast<size_t>(input.count()) * bytes);
  // The parts of a complex number are turned around each for itself.
  size_t unit = is_complex(dtype) ? size / 2 : size;
  for (int64_t i = 0; i < input.count(); ++i) {
    char* to = out + static_cast<size_t>(i) * bytes;
    std::memcpy(to, input[i].data(), std::min(bytes, input[i].size()));
    if (!c.bool_attr("little_endian") && unit > 1)
      for (size_t at = 0; at + unit <= bytes; at += unit) std::reverse(to + at, to + at + unit);
  }
}

TG_OP("decode_raw(input_bytes: string, *, out_type: dtype, little_endian: bool = true, fixed_length: int = -1)"
      " -> attr.out_type")
    .names("io.decode_raw")
    .summary("Reads the bytes of strings as numbers.")
    .doc(R"(Args:
  input_bytes: strings.
  out_type: a dtype of fixed size.
  little_endian: the order of the bytes in each number.
  fixed_length: strings are cut to so many bytes, or filled up with zeros; -1: all are equally long.

Returns:
  A tensor of this dtype with one dimension more.

Raises:
  InvalidArgumentError: the strings have other lengths (TG-0647), or an attribute has another value (TG-0106).
)")
    .example(R"(>>> tg.io.decode_raw(["ab"], tg.uint8).numpy().tolist()
[[97, 98]])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["abcd", "efgh"]}], "attributes": {"out_type": "int16"}},
          {"inputs": [{"dtype": "string", "value": ["abcd", "ef"]}],
           "attributes": {"out_type": "int16", "little_endian": false, "fixed_length": 4}}])")
    .infer<infer_raw>()
    .kernel<raw>();

char delimiter_attr(const Context& c) {
  std::string text = c.string_attr("field_delim");
  if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")
    throw invalid_argument("TG-0106", "field_delim must be one character, and no quote or line end",
                           "field_delim=" + quoted(text));
  return text[0];
}

void infer_csv(InferContext& c) {
  delimiter_attr(c);
  c.set_output(0, TG_STRING, {TG_DIM_UNKNOWN});
  c.set_output(1, TG_INT64, {c.dims(0).num_elements() < 0 ? TG_DIM_UNKNOWN : c.dims(0).num_elements() + 1});
}

// The fields of one record, as RFC 4180 has them.
void fields(std::string_view text, char delimiter, bool quotes, StringBuilder* out) {
  auto wrong = [&](const char* rule) { return invalid_argument("TG-0648", rule, "record=" + quoted(text)); };
  size_t at = 0;
  while (true) {
    if (quotes && at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) throw wrong("a quoted field must end with a quote");
        if (text[at] == '"') {
          if (at + 1 >= text.size() || text[at + 1] != '"') break;
          ++at;
        }
        out->bytes() += text[at];
      }
      ++at;
      if (at < text.size() && text[at] != delimiter) throw wrong("a delimiter must follow a quoted field");
    } else {
      size_t end = text.find(delimiter, at);
      std::string_view field = text.substr(at, end == std::string_view::npos ? end : end - at);
      if (quotes && field.find('"') != std::string_view::npos) throw wrong("quotes must begin a field, or stand within quotes");
      out->bytes() += field;
      at = end == std::string_view::npos ? text.size() : end;
    }
    out->end();
    if (at >= text.size()) return;
    ++at;
  }
}

void csv(KernelContext& c) {
  char delimiter = delimiter_attr(c);
  bool quotes = c.bool_attr("use_quote_delim");
  Strings input(c, 0);
  StringBuilder out;
  c.set_output_type(1, TG_INT64, {input.count() + 1});
  int64_t* splits = c.output<int64_t>(1);
  splits[0] = 0;
  for (int64_t i = 0; i < input.count(); ++i) {
    std::string_view text = input[i];
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    fields(text, delimiter, quotes, &out);
    splits[i + 1] = out.count();
  }
  c.set_output_tensor(0, out.tensor({out.count()}));
}

TG_OP("string_csv_fields(records: string, *, field_delim: str = ',', use_quote_delim: bool = true) -> string, int64")
    .summary("The fields of records of comma-separated values (RFC 4180).")
    .doc(R"(Args:
  records: strings of any shape, counted row by row; each one record.
  field_delim: what separates fields.
  use_quote_delim: whether quotes around a field hold delimiters in it.

Returns:
  The fields of all records, one behind the other, and the row splits that tell the records apart.

Raises:
  InvalidArgumentError: quotes do not match (TG-0648), or the delimiter is not one character (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a,b", "\"c,\"\"d\",,", ""]}]}])")
    .infer<infer_csv>()
    .kernel<csv>();

}  // namespace
}  // namespace tg
