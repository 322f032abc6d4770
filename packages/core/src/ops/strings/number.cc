// Between numbers and their text.
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cmath>
#include <cstdio>

#include "kernels/elementwise.h"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

int number_dtype(const Context& c) {
  int dtype = c.dtype_attr("out_type");
  if (dtype != TG_FLOAT32 && dtype != TG_FLOAT64 && dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "out_type must be float32, float64, int32 or int64",
                           std::string("out_type=") + dtype_name(dtype));
  return dtype;
}

void infer_number(InferContext& c) { c.set_output(0, number_dtype(c), c.dims(0)); }

template <class T>
void parse(KernelContext& c) {
  Strings input(c, 0);
  T* out = c.output<T>(0);
  for (int64_t i = 0; i < input.count(); ++i) {
    std::string_view text = input[i];
    auto is_space = [](char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out[i]);
    if constexpr (std::is_floating_point_v<T>) {
      // Beyond the range: infinity or zero, as strtod gives.
      if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
        out[i] = static_cast<T>(std::strtod(std::string(text).c_str(), nullptr));
        continue;
      }
    }
    if (error != std::errc() || end != text.data() + text.size())
      throw invalid_argument("TG-0633", std::string("each string must be a number of ") + dtype_name(dtype_of<T>()),
                             "input=" + quoted(input[i]));
  }
}

void to_number(KernelContext& c) {
  switch (number_dtype(c)) {
    case TG_FLOAT32: return parse<float>(c);
    case TG_FLOAT64: return parse<double>(c);
    case TG_INT32: return parse<int32_t>(c);
    default: return parse<int64_t>(c);
  }
}

TG_OP("string_to_number(input: string, *, out_type: dtype = float32) -> attr.out_type")
    .names("strings.to_number")
    .summary("Reads numbers from strings.")
    .doc(R"(Args:
  input: strings, each a decimal number; white space around it does not count.
  out_type: float32, float64, int32 or int64.

Returns:
  A tensor of this dtype and the same shape.

Raises:
  InvalidArgumentError: a string is no number of the dtype (TG-0633), or the dtype is not one of these (TG-0106).
)")
    .example(R"(>>> tg.strings.to_number(["1.55", "-2e3"]).numpy().tolist()
[1.5499999523162842, -2000.0])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["1.5", " -2e3 ", "inf"]}]},
          {"inputs": [{"dtype": "string", "value": [["12"], ["-7"]]}], "attributes": {"out_type": "int64"}}])")
    .infer<infer_number>()
    .kernel<to_number>();

// printf's flags of a call of as_string.
struct Format {
  std::string flags;
  int width, precision;
  bool scientific, shortest;

  explicit Format(const Context& c)
      : width(static_cast<int>(c.int_attr("width"))),
        precision(static_cast<int>(c.int_attr("precision"))),
        scientific(c.bool_attr("scientific")),
        shortest(c.bool_attr("shortest")) {
    std::string fill = c.string_attr("fill");
    if (fill != "" && fill != " " && fill != "0" && fill != "+" && fill != "-")
      throw invalid_argument("TG-0106", "fill must be '', ' ', '0', '+' or '-'", "fill=" + quoted(fill));
    if (scientific && shortest)
      throw invalid_argument("TG-0106", "scientific and shortest exclude each other", "scientific=True, shortest=True");
    if (width < -1 || width > 1000 || precision < -1 || precision > 1000)
      throw invalid_argument("TG-0106", "width and precision must lie in [-1, 1000]",
                             "width=" + text_of(width) + ", precision=" + text_of(precision));
    flags = fill == " " ? "" : fill;
  }

  std::string number(const char* conversion, bool with_precision) const {
    std::string format = "%" + flags;
    if (width > -1) format += std::to_string(width);
    if (with_precision && precision > -1) format += "." + std::to_string(precision);
    return format + conversion;
  }
  std::string real() const { return number(scientific ? "e" : shortest ? "g" : "f", true); }
};

void add_real(const std::string& format, double value, std::string* out) {
  char buffer[1600];
  int size = std::snprintf(buffer, sizeof(buffer), format.c_str(), value);
  out->append(buffer, static_cast<size_t>(std::min<int>(size, sizeof(buffer) - 1)));
}

void infer_as_string(InferContext& c) {
  Format format(c);
  bool floats = is_floating(c.dtype(0)) || is_complex(c.dtype(0));
  if (!floats && (format.scientific || format.shortest || format.precision > -1))
    throw invalid_argument("TG-0106", "scientific, shortest and precision are for floating-point dtypes",
                           std::string("input.dtype=") + dtype_name(c.dtype(0)));
  c.set_output(0, TG_STRING, c.dims(0));
}

template <class T, class F>
void each(KernelContext& c, const F& f) {
  StringBuilder out;
  const T* input = c.input<T>(0);
  int64_t count = c.num_elements(0);
  for (int64_t i = 0; i < count; ++i) {
    f(input[i], &out.bytes());
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

template <class T>
void integers(KernelContext& c, const Format& format) {
  std::string text = format.number(std::is_signed_v<T> ? PRId64 : PRIu64, false);
  using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
  each<T>(c, [&](T value, std::string* out) {
    char buffer[1100];
    int size = std::snprintf(buffer, sizeof(buffer), text.c_str(), static_cast<Wide>(value));
    out->append(buffer, static_cast<size_t>(size));
  });
}

void halves(KernelContext& c, const Format& format) {
  std::vector<float> wide(static_cast<size_t>(c.num_elements(0)));
  if (!wide.empty())
    check_kernel(kernels::cast(kernel_dtype(c.dtype(0)), kernels::DType::kFloat32, c.input_data(0), wide.data(),
                               static_cast<int64_t>(wide.size()), c.parallel()));
  StringBuilder out;
  for (float value : wide) {
    add_real(format.real(), static_cast<double>(value), &out.bytes());
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

template <class T>
struct Complex {
  T real, imaginary;
};

template <class T>
void complexes(KernelContext& c, const Format& format) {
  std::string text = format.real();
  each<Complex<T>>(c, [&](const Complex<T>& value, std::string* out) {
    out->push_back('(');
    add_real(text, static_cast<double>(value.real), out);
    out->push_back(',');
    add_real(text, static_cast<double>(value.imaginary), out);
    out->push_back(')');
  });
}

void as_string(KernelContext& c) {
  Format format(c);
  switch (c.dtype(0)) {
    case TG_STRING: return c.set_output_tensor(0, c.input_tensor(0));
    case TG_BOOL:
      return each<bool>(c, [](bool value, std::string* out) { *out += value ? "true" : "false"; });
    case TG_INT8: return integers<int8_t>(c, format);
    case TG_INT16: return integers<int16_t>(c, format);
    case TG_INT32: return integers<int32_t>(c, format);
    case TG_INT64: return integers<int64_t>(c, format);
    case TG_UINT8: return integers<uint8_t>(c, format);
    case TG_UINT16: return integers<uint16_t>(c, format);
    case TG_UINT32: return integers<uint32_t>(c, format);
    case TG_UINT64: return integers<uint64_t>(c, format);
    case TG_FLOAT32: {
      std::string text = format.real();
      return each<float>(c, [&](float value, std::string* out) { add_real(text, static_cast<double>(value), out); });
    }
    case TG_FLOAT64: {
      std::string text = format.real();
      return each<double>(c, [&](double value, std::string* out) { add_real(text, value, out); });
    }
    case TG_COMPLEX64: return complexes<float>(c, format);
    case TG_COMPLEX128: return complexes<double>(c, format);
    default: return halves(c, format);
  }
}

TG_OP("string_as_string(input: T, *, precision: int = -1, scientific: bool = false, shortest: bool = false,"
      " width: int = -1, fill: str = '') -> string")
    .types("T: " TG_REALS " float16 bfloat16 complex64 complex128 string")
    .names("strings.as_string as_string")
    .summary("Writes numbers as strings.")
    .doc(R"(Args:
  input: numbers, bools or strings.
  precision: digits behind the point; -1: six.
  scientific: with an exponent.
  shortest: with or without an exponent, whichever is shorter.
  width: the least length; -1: none.
  fill: what fills up to the length: ' ' or '0' before the number, '-': blanks behind it; '+': a sign before positive
    numbers.

Returns:
  Strings of the same shape.

Raises:
  InvalidArgumentError: the options exclude each other, are not for the dtype, or have other values (TG-0106).
)")
    .example(R"(>>> tg.strings.as_string([3, 2]).numpy().tolist(), tg.strings.as_string(3.1415926, precision=2).numpy()
([b'3', b'2'], b'3.14'))")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [3.25, -100.0, 0.0]}]},
          {"inputs": [{"dtype": "float32", "value": [3.25, -1e10]}], "attributes": {"shortest": true}},
          {"inputs": [{"dtype": "float64", "value": [3.25, 1e-10]}],
           "attributes": {"scientific": true, "precision": 3, "width": 14}},
          {"inputs": [{"dtype": "int32", "value": [[5], [-12]]}], "attributes": {"width": 4, "fill": "0"}}])")
    .infer<infer_as_string>()
    .kernel<as_string>();

}  // namespace
}  // namespace tg
