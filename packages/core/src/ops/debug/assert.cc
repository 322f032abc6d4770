#include "ops/debug/format.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  if (!dims_compatible(c.dims(0), {}))
    throw invalid_argument("TG-0514", "the condition of an assertion is one bool", "condition.shape="
        + c.dims(0).str());
}

void kernel(KernelContext& c) {
  if (c.dims(0).num_elements() != 1)
    throw invalid_argument("TG-0514", "the condition of an assertion is one bool", "condition.shape="
        + c.dims(0).str());
  if (*c.input<bool>(0)) return;
  std::string text;
  for (size_t i = 1; i < c.num_inputs(); ++i)
    text += (i > 1 ? ", " : "") + debug::tensor_text(c, i, c.int_attr("summarize"));
  const std::string message = c.string_attr("message");
  throw Error(TG_INVALID_ARGUMENT, "TG-0518",
              (message.empty() ? "an assertion must hold" : message) + ". Received: " + (text.empty()
                  ? "false" : text));
}

TG_OP("assert(condition: bool, data: [any], *, summarize: int = 3, message: str = '')")
    .summary("Fails where a condition is false.")
    .doc(R"(Args:
  condition: one bool.
  data: tensors that the message shows.
  summarize: how many elements are shown at both ends of each dimension; -1: all.
  message: what must hold, in words.

Raises:
  InvalidArgumentError: the condition is false (TG-0518), or not one bool (TG-0514).
)")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
