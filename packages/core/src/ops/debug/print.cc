#include "ops/debug/format.hpp"

namespace tg {
namespace {

void infer_text(InferContext& c) { c.set_output(0, TG_STRING, {}); }

void set_text(KernelContext& c, const std::string& text) {
  const int64_t offsets[2] = {0, static_cast<int64_t>(text.size())};
  tg_tensor* made = nullptr;
  check(api().tensor->create_strings(0, nullptr, offsets, text.data(), &made));
  c.set_output_tensor(0, Tensor::adopt(made));
}

void format(KernelContext& c) {
  const std::string text = c.string_attr("template"), placeholder = c.string_attr("placeholder");
  if (placeholder.empty()) throw invalid_argument("TG-0106", "placeholder must not be empty", "placeholder=''");
  std::string out;
  size_t at = 0;
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    size_t next = text.find(placeholder, at);
    if (next == std::string::npos)
      throw invalid_argument("TG-0106", "the template must have a placeholder for each tensor",
                             "template=" + text + " for " + std::to_string(c.num_inputs()) + " tensors");
    out += text.substr(at, next - at) + debug::tensor_text(c, i, c.int_attr("summarize"));
    at = next + placeholder.size();
  }
  set_text(c, out + text.substr(at));
}

TG_OP("format_tensors(inputs: [any], *, template: str, placeholder: str = '{}', summarize: int = 3) -> string")
    .summary("Tensors in a text.")
    .doc(R"(Args:
  inputs: tensors of any dtypes.
  template: a text with a placeholder for each of them.
  placeholder: what stands for a tensor.
  summarize: how many elements are shown at both ends of each dimension; -1: all.

Returns:
  One string.

Raises:
  InvalidArgumentError: there are more tensors than placeholders (TG-0106).
)")
    .infer<infer_text>()
    .kernel<format>();

void infer_print(InferContext& c) { require_rank(c.dims(0), 0, "text"); }

void print(KernelContext& c) {
  const std::string stream = c.string_attr("stream");
  const int64_t* offsets = static_cast<const int64_t*>(c.input_data(0));
  std::string text(reinterpret_cast<const char*>(offsets + 2), static_cast<size_t>(offsets[1]));
  text += c.string_attr("end");
  std::FILE* file = stream == "stdout" ? stdout : stream == "stderr" ? stderr : nullptr;
  bool opened = false;
  if (!file && stream.rfind("file://", 0) == 0) {
    file = std::fopen(stream.c_str() + 7, "ab");
    opened = true;
  }
  if (!file)
    throw invalid_argument("TG-0519", "what is printed goes to stdout, stderr or a file that can be written",
                           "stream=" + stream);
  std::fwrite(text.data(), 1, text.size(), file);
  if (opened) std::fclose(file);
  else std::fflush(file);
}

TG_OP("print_text(text: string, *, stream: str = 'stderr', end: str)")
    .summary("Writes a text to a stream of the process.")
    .doc(R"(Args:
  text: one string.
  stream: stdout, stderr, or file:// and a path, to which it is appended.
  end: what follows.

Raises:
  InvalidArgumentError: there is no such stream (TG-0519).
)")
    .infer<infer_print>()
    .kernel<print>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
