// Lengths, cases, white space and parts of strings.
#include "kernels/unicode.h"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

bool in_characters(const Context& c) {
  std::string unit = c.string_attr("unit");
  if (unit != "BYTE" && unit != "UTF8_CHAR")
    throw invalid_argument("TG-0106", "unit must be 'BYTE' or 'UTF8_CHAR'", "unit=" + quoted(unit));
  return unit == "UTF8_CHAR";
}

// Every byte that begins a character counts, as in TensorFlow.
bool begins(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

int64_t characters(std::string_view text) {
  int64_t count = 0;
  for (char byte : text) count += begins(byte);
  return count;
}

void infer_length(InferContext& c) {
  in_characters(c);
  c.set_output(0, TG_INT32, c.dims(0));
}

void length(KernelContext& c) {
  bool by_character = in_characters(c);
  Strings input(c, 0);
  int32_t* out = c.output<int32_t>(0);
  for (int64_t i = 0; i < input.count(); ++i)
    out[i] = static_cast<int32_t>(by_character ? characters(input[i]) : static_cast<int64_t>(input[i].size()));
}

TG_OP("string_length(input: string, *, unit: str = 'BYTE') -> int32")
    .names("strings.length")
    .summary("The lengths of strings.")
    .doc(R"(Args:
  input: strings.
  unit: 'BYTE', or 'UTF8_CHAR' for the number of code points.

Returns:
  An int32 tensor of the same shape.

Raises:
  InvalidArgumentError: the unit is another one (TG-0106).
)")
    .example(R"(>>> tg.strings.length(["a", "Größe"], unit="UTF8_CHAR").numpy().tolist()
[1, 5])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a", "", "Größe"]}]},
          {"inputs": [{"dtype": "string", "value": [["Größe"], ["bc"]]}], "attributes": {"unit": "UTF8_CHAR"}}])")
    .infer<infer_length>()
    .kernel<length>();

bool utf8_attr(const Context& c) {
  std::string encoding = c.string_attr("encoding");
  if (encoding != "" && encoding != "utf-8")
    throw invalid_argument("TG-0106", "encoding must be '' (ASCII) or 'utf-8'", "encoding=" + quoted(encoding));
  return encoding == "utf-8";
}

void infer_same(InferContext& c) { c.set_output(0, TG_STRING, c.dims(0)); }
void infer_case(InferContext& c) {
  utf8_attr(c);
  infer_same(c);
}

template <class F>
void map_strings(KernelContext& c, const F& f) {
  Strings input(c, 0);
  StringBuilder out;
  for (int64_t i = 0; i < input.count(); ++i) {
    f(input[i], &out.bytes());
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

template <bool upper>
void change_case(KernelContext& c) {
  bool utf8 = utf8_attr(c);
  map_strings(c, [&](std::string_view text, std::string* out) {
    if (utf8) return upper ? kernels::append_upper(text, out) : kernels::append_lower(text, out);
    for (char byte : text) {
      bool changes = upper ? byte >= 'a' && byte <= 'z' : byte >= 'A' && byte <= 'Z';
      out->push_back(changes ? static_cast<char>(byte ^ 32) : byte);
    }
  });
}

TG_OP("string_lower(input: string, *, encoding: str = '') -> string")
    .names("strings.lower")
    .summary("Strings in lower case.")
    .doc(R"(Args:
  input: strings.
  encoding: '': only the letters of ASCII change; 'utf-8': those of all scripts, by Unicode's mappings.

Returns:
  Strings of the same shape.

Raises:
  InvalidArgumentError: the encoding is another one (TG-0106).
)")
    .example(R"(>>> tg.strings.lower("ÄRA", encoding="utf-8").numpy().decode()
'ära')")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["AbC", ""]}]},
          {"inputs": [{"dtype": "string", "value": ["GRÖSSE", "İ"]}], "attributes": {"encoding": "utf-8"}}])")
    .infer<infer_case>()
    .kernel<change_case<false>>();

TG_OP("string_upper(input: string, *, encoding: str = '') -> string")
    .names("strings.upper")
    .summary("Strings in upper case.")
    .doc(R"(Args:
  input: strings.
  encoding: '': only the letters of ASCII change; 'utf-8': those of all scripts, by Unicode's mappings.

Returns:
  Strings of the same shape.

Raises:
  InvalidArgumentError: the encoding is another one (TG-0106).
)")
    .example(R"(>>> tg.strings.upper("abc").numpy()
b'ABC')")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["AbC", ""]}]},
          {"inputs": [{"dtype": "string", "value": ["größe"]}], "attributes": {"encoding": "utf-8"}}])")
    .infer<infer_case>()
    .kernel<change_case<true>>();

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

void strip(KernelContext& c) {
  map_strings(c, [](std::string_view text, std::string* out) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    out->append(text);
  });
}

TG_OP("string_strip(input: string) -> string")
    .names("strings.strip")
    .summary("Strings without the white space at their ends.")
    .doc(R"(Args:
  input: strings.

Returns:
  Strings of the same shape.
)")
    .example(R"(>>> tg.strings.strip([" a b\n", "c"]).numpy().tolist()
[b'a b', b'c'])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": [" a b\n", "", " ", "c"]}]}])")
    .infer<infer_same>()
    .kernel<strip>();

void infer_substr(InferContext& c) {
  in_characters(c);
  if (!dims_compatible(c.dims(1), c.dims(2)))
    throw invalid_argument("TG-0105", "pos and len must have one shape",
                           "pos.shape=" + c.dims(1).str() + ", len.shape=" + c.dims(2).str());
  c.set_output(0, TG_STRING, broadcast(c.dims(0), merge_dims(c.dims(1), c.dims(2)), "input", "pos and len"));
}

// Byte offset of a character; text.size() for the end; -1 beyond it.
int64_t offset_of(std::string_view text, int64_t character) {
  for (size_t i = 0; i < text.size(); ++i)
    if (begins(text[i]) && character-- == 0) return static_cast<int64_t>(i);
  return character == 0 ? static_cast<int64_t>(text.size()) : -1;
}

void substr(KernelContext& c) {
  bool by_character = in_characters(c);
  Strings input(c, 0);
  std::vector<int64_t> pos = c.ints(1), len = c.ints(2);
  Dims dims = broadcast(c.dims(0), c.dims(1), "input", "pos and len"), own = c.dims(0), given = c.dims(1);
  StringBuilder out;
  for (int64_t i = 0; i < dims.num_elements(); ++i) {
    std::string_view text = input[broadcast_place(i, dims, own)];
    int64_t at = broadcast_place(i, dims, given), first = pos[static_cast<size_t>(at)], count = len[static_cast<size_t>(at)];
    int64_t size = by_character ? characters(text) : static_cast<int64_t>(text.size());
    if (first < -size || first > size)
      throw invalid_argument("TG-0631", "pos must lie within the string",
                             "pos=" + text_of(first) + " for " + quoted(text) + " of length " + text_of(size));
    if (count < 0) throw invalid_argument("TG-0109", "len must not be negative", "len=" + text_of(count));
    if (first < 0) first += size;
    int64_t last = count > size - first ? size : first + count;
    if (by_character) first = offset_of(text, first), last = offset_of(text, last);
    out.add(text.substr(static_cast<size_t>(first), static_cast<size_t>(last - first)));
  }
  c.set_output_tensor(0, out.tensor(dims));
}

TG_OP("string_substr(input: string, pos: T, len: T, *, unit: str = 'BYTE') -> string")
    .types("T: int32 int64")
    .names("strings.substr")
    .summary("Parts of strings.")
    .doc(R"(Args:
  input: strings.
  pos: where the parts begin; below 0: counted from the end. Broadcast with `input`.
  len: how long they are at most, of the shape of `pos`.
  unit: 'BYTE', or 'UTF8_CHAR' to count code points.

Returns:
  Strings of the shape that the arguments broadcast to.

Raises:
  InvalidArgumentError: a part begins outside of its string (TG-0631), a length is negative (TG-0109), `pos` and `len`
    differ in shape (TG-0105) or do not broadcast (TG-0101), or the unit is another one (TG-0106).
)")
    .example(R"(>>> tg.strings.substr(["hello", "world"], 1, 3).numpy().tolist()
[b'ell', b'orl'])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["hello", "wörld"]}, {"dtype": "int32", "value": 1},
                      {"dtype": "int32", "value": 3}]},
          {"inputs": [{"dtype": "string", "value": [["hello"], ["wörld"]]}, {"dtype": "int32", "value": [-2, 0]},
                      {"dtype": "int32", "value": [9, 2]}], "attributes": {"unit": "UTF8_CHAR"}}])")
    .infer<infer_substr>()
    .kernel<substr>();

}  // namespace
}  // namespace tg
