// with_gradient: hands values on, with a gradient that a function gives (tg.custom_gradient in a graph).
#include <cstring>

#include "base/status.h"
#include "passes/pass.h"
#include "runtime/control.h"
#include "runtime/dispatch.h"
#include "tensegra/op.hpp"
#include "tensegra/shape.hpp"

namespace tg {
namespace control {
namespace {

constexpr const char* kGradient = "gradient";

// How the inputs are divided: results, sources, and what the gradient function captures.
struct Parts {
  explicit Parts(tg_op_context* context)
      : sources(attr_of(context->op, context->attrs, "sources").ints), inputs(context->num_inputs()) {
    const int64_t count = attr_of(context->op, context->attrs, "results").i;
    if (count < 0 || static_cast<uint64_t>(count) > inputs || inputs - static_cast<size_t>(count) < sources.size())
      throw invalid_argument("TG-0106", "[with_gradient] results and sources are among the inputs",
                             "results=" + std::to_string(count) + " and " + std::to_string(sources.size()) +
                                 " sources of " + std::to_string(inputs) + " inputs");
    results = static_cast<size_t>(count);
  }
  size_t first_captured() const { return results + sources.size(); }

  const std::vector<int64_t>& sources;
  const size_t inputs;
  size_t results = 0;
};

void infer(InferContext& c) {
  tg_op_context* context = handle_of(c);
  Parts parts(context);
  std::vector<TensorType> types;
  for (size_t i = 0; i < parts.results; ++i) {
    types.push_back(input_type(context, i));
    context->set_output_type(i, types.back().dtype, types.back().dims);
  }
  for (size_t i = parts.first_captured(); i < parts.inputs; ++i) types.push_back(input_type(context, i));
  const tg_graph& function = function_of(context->op, context->attrs, kGradient).graph();
  check_types(context->op.name, kGradient, function, types);
  size_t wanted = 0;
  for (int64_t given : parts.sources) wanted += given != 0;
  if (function.outputs.size() != wanted)
    throw invalid_argument("TG-0106", "[with_gradient] the gradient function returns one gradient for each source",
                           std::to_string(function.outputs.size()) + " for " + std::to_string(wanted));
}

void kernel(KernelContext& c) {
  tg_op_context* context = handle_of(c);
  for (size_t i = 0; i < Parts(context).results; ++i)
    context->set_output_tensor(i, context->input_tensor(i).get());
}

// Zeros like a result of which nobody has a gradient.
TensorRef no_seed(tg_op_context* context, size_t index) {
  TensorType type = input_type(context, index);
  if (!type.dims.is_static() || type.dtype == TG_STRING || type.dtype == TG_RESOURCE)
    return call("zeros_like", {context->output_tensor(index)});
  std::vector<int64_t> sizes(type.dims.begin(), type.dims.end());
  TensorRef dims = new_tensor_copy(TG_INT64, {type.dims.rank()}, sizes.data(), sizes.size() * sizeof(int64_t));
  TensorRef zero = new_tensor(type.dtype, {});
  std::memset(zero->data(), 0, tensor_bytes(*zero));
  return call("fill", {dims, zero});
}

void gradient(GradientContext& c) {
  tg_op_context* context = handle_of(c);
  Parts parts(context);
  const std::string& failure = attr_of(context->op, context->attrs, "failure").s;
  if (!failure.empty())
    throw Error(TG_UNIMPLEMENTED, "TG-0760",
                "[custom_gradient] a gradient can be taken where the gradient function could be traced. Received: " +
                    failure);
  std::vector<TensorRef> arguments;
  for (size_t i = 0; i < parts.results; ++i) {
    TensorRef seed = context->output_gradient(i);
    arguments.push_back(seed ? seed : no_seed(context, i));
  }
  for (size_t i = parts.first_captured(); i < parts.inputs; ++i) arguments.push_back(context->input_tensor(i));
  std::vector<TensorRef> made = function_of(context->op, context->attrs, kGradient).call(arguments);
  size_t next = 0;
  for (size_t i = 0; i < parts.sources.size(); ++i)
    if (parts.sources[i]) context->set_input_gradient(parts.results + i, made[next++].get());
}

TG_OP("with_gradient(inputs: [any], *, gradient: function, results: int, sources: ints, failure: str = '') -> [any]")
    .summary("Hands values on, with a gradient that a function gives.")
    .doc(R"(Args:
  inputs: the values, then the sources, then what the gradient function takes besides.
  gradient: takes a gradient for each value; returns one for each source that gets any.
  results: how many values there are.
  sources: for each source, whether it gets a gradient.
  failure: why there is no gradient function, if there is none.

Returns:
  The values.

Raises:
  InvalidArgumentError: the gradient function does not suit the inputs (TG-0513, TG-0106).
  UnimplementedError: there is no gradient function where a gradient is taken (TG-0760).
)")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace control

void forget_gradients(tg_graph* graph) {
  std::vector<bool> keep(graph->nodes.size(), true);
  std::vector<int> replacement(graph->values.size());
  for (size_t i = 0; i < replacement.size(); ++i) replacement[i] = static_cast<int>(i);
  for (size_t i = 0; i < graph->nodes.size(); ++i) {
    const Node& node = graph->nodes[i];
    if (node.op->name != "with_gradient") continue;
    keep[i] = false;
    for (size_t k = 0; k < node.outputs.size(); ++k)
      replacement[static_cast<size_t>(node.outputs[k])] = node.inputs[k];
  }
  rebuild(graph, keep, std::move(replacement));
}

bool holds_gradients(const tg_graph& graph) {
  for (const Node& node : graph.nodes)
    if (node.op->name == "with_gradient") return true;
  return false;
}

}  // namespace tg
