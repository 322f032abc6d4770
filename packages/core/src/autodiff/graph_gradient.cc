#include "autodiff/graph_gradient.h"

#include <iterator>
#include <map>

#include "autodiff/gradient_call.h"
#include "base/small_vector.h"
#include "base/status.h"
#include "tensor/resource.h"

namespace tg {
namespace {

// Keeps the thread's graph stack balanced when a gradient function throws.
class Entered {
 public:
  explicit Entered(tg_graph* graph) { enter_graph(graph); }
  ~Entered() { leave_graph(); }
};

// Positions of the outputs that depend on a node.
std::vector<int> outputs_behind(const tg_graph& forward, size_t start) {
  std::vector<bool> behind(forward.values.size());
  for (int output : forward.nodes[start].outputs) behind[output] = true;
  for (size_t i = start + 1; i < forward.nodes.size(); ++i) {
    bool any = false;
    for (int input : forward.nodes[i].inputs) any = any || behind[input];
    if (!any) continue;
    for (int output : forward.nodes[i].outputs) behind[output] = true;
  }
  std::vector<int> positions;
  for (size_t k = 0; k < forward.outputs.size(); ++k)
    if (behind[forward.outputs[k]]) positions.push_back(static_cast<int>(k));
  return positions;
}

// A node of the forward graph, whose values the backward graph reads.
template <class ForwardValue>
class NodeCall final : public ForwardCall {
 public:
  NodeCall(const tg_graph& forward, const Node& node, ForwardValue& value)
      : ForwardCall(*node.op, node.attrs, node.inputs.size(), node.outputs.size()),
        forward_(forward),
        node_(node),
        value_(value) {}
  TensorRef input(size_t index) override { return value_(node_.inputs[index]); }
  TensorRef output(size_t index) override { return value_(node_.outputs[index]); }
  int input_dtype(size_t index) override { return forward_.values[node_.inputs[index]].type.dtype; }
  const Dims& input_dims(size_t index) override { return forward_.values[node_.inputs[index]].type.dims; }

 private:
  const tg_graph& forward_;
  const Node& node_;
  ForwardValue& value_;
};
// Drops what no result needs, and the forward values that nothing reads then: a loop would keep them from each
// iteration.
void drop_unread(tg_graph* backward, size_t num_seeds, std::vector<int>* needed) {
  std::vector<bool> live(backward->values.size());
  std::vector<Node> kept;
  for (int output : backward->outputs) live[static_cast<size_t>(output)] = true;
  for (size_t i = backward->nodes.size(); i-- > 0;) {
    Node& node = backward->nodes[i];
    bool keep = backward->is_effectful(node);
    for (int output : node.outputs) keep = keep || live[static_cast<size_t>(output)];
    if (!keep) continue;
    for (int input : node.inputs) live[static_cast<size_t>(input)] = true;
    kept.push_back(std::move(node));
  }
  backward->nodes.assign(std::make_move_iterator(kept.rbegin()), std::make_move_iterator(kept.rend()));
  std::vector<GraphInput> inputs(backward->inputs.begin(), backward->inputs.begin()
      + static_cast<std::ptrdiff_t>(num_seeds));
  std::vector<int> read;
  // Forward values became inputs in the order in which they were asked for, seeds first.
  for (size_t k = 0; k < needed->size(); ++k) {
    const GraphInput& input = backward->inputs[num_seeds + k];
    if (!live[static_cast<size_t>(input.value)]) continue;
    inputs.push_back(input);
    read.push_back((*needed)[k]);
  }
  backward->inputs = std::move(inputs);
  *needed = std::move(read);
  backward->renumber();
}

}  // namespace

std::vector<bool> reached_values(const tg_graph& forward, const GradientScope& scope) {
  std::vector<bool> reached(forward.values.size());
  for (size_t i = 0; i < forward.inputs.size(); ++i) {
    int value = forward.inputs[i].value, dtype = forward.values[value].type.dtype;
    // Only who calls a function knows which of its resources are variables with a gradient.
    reached[value] = scope.inputs ? (*scope.inputs)[i] && (is_differentiable(dtype) || dtype == TG_RESOURCE)
                                  : is_differentiable(dtype);
  }
  for (const Capture& capture : forward.captures) {
    const Variable* variable = variable_of(*capture.tensor);
    reached[capture.value] = is_differentiable(capture.tensor->dtype)
        || (variable && is_differentiable(variable->dtype));
  }
  for (const Node& node : forward.nodes) {
    bool any = false;
    for (int input : node.inputs) any = any || reached[input];
    if (!any) continue;
    for (int output : node.outputs) reached[output] = is_differentiable(forward.values[output].type.dtype);
  }
  return reached;
}

GraphGradient build_gradient(const tg_graph& forward, const GradientScope& scope) {
  GraphGradient result;
  result.backward = std::make_unique<tg_graph>(forward.name + "_gradient");
  tg_graph* backward = result.backward.get();
  backward->avoid_symbols(forward);
  Entered entered(backward);
  std::vector<bool> reached = reached_values(forward, scope);

  std::map<int, TensorRef> gradients;  // forward value -> its gradient in backward
  auto accumulate = [&](int value, const TensorRef& gradient) {
    TensorRef& sum = gradients[value];
    sum = sum ? add_gradients(sum, gradient) : gradient;
  };
  for (size_t i = 0; i < forward.outputs.size(); ++i) {
    int value = forward.outputs[i];
    if (!reached[value] || (scope.outputs && !(*scope.outputs)[i])) continue;
    const TensorType& type = forward.values[value].type;
    result.seeds.push_back(static_cast<int>(i));
    accumulate(value, backward->add_input("gradient_" + std::to_string(i), type.dtype, type.dims));
  }

  std::map<int, TensorRef> values;  // forward values that backward reads
  auto forward_value = [&](int value) {
    TensorRef& tensor = values[value];
    if (tensor) return tensor;
    const Value& known = forward.values[value];
    if (known.constant) {
      tensor = backward->add_constant(known.constant.get());
    } else {
      result.needed.push_back(value);
      tensor = backward->add_input("value_" + std::to_string(value), known.type.dtype, known.type.dims);
    }
    return tensor;
  };

  for (size_t i = forward.nodes.size(); i-- > 0;) {
    const Node& node = forward.nodes[i];
    std::vector<TensorRef> output_gradients;
    bool any = false;
    for (int output : node.outputs) {
      auto found = gradients.find(output);
      output_gradients.push_back(found == gradients.end() ? nullptr : found->second);
      any = any || output_gradients.back();
    }
    if (!any) continue;
    SmallVector<bool, 8> needed;
    bool any_needed = false;
    for (int input : node.inputs) {
      needed.push_back(reached[input]);
      any_needed = any_needed || reached[input];
    }
    if (!any_needed) continue;
    if (!node.op->def.gradient) {
      for (int position : outputs_behind(forward, i)) result.refused.emplace_back(position, node.op);
      continue;
    }
    if (node.source >= 0) backward->set_source(forward.sources[node.source].c_str());
    NodeCall call(forward, node, forward_value);
    SmallVector<TensorRef, 4> input_gradients(node.inputs.size());
    call_gradient(call, output_gradients.data(), needed.data(), input_gradients.data());
    for (size_t k = 0; k < input_gradients.size(); ++k)
      if (input_gradients[k] && reached[node.inputs[k]])
        accumulate(node.inputs[k], backward->import(input_gradients[k].get()));
  }

  auto emit = [&](int value) {
    auto found = gradients.find(value);
    if (!reached[value] || found == gradients.end()) return;
    result.results.push_back(value);
    backward->outputs.push_back(backward->import(found->second.get())->value);
  };
  for (const GraphInput& input : forward.inputs) emit(input.value);
  for (const Capture& capture : forward.captures) emit(capture.value);
  drop_unread(backward, result.seeds.size(), &result.needed);
  return result;
}

}  // namespace tg
