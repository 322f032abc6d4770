#include <algorithm>
#include <cstring>

#include "autodiff/tape.h"
#include "base/status.h"
#include "runtime/control.h"
#include "runtime/dispatch.h"
#include "tensegra/shape.hpp"

namespace tg {
namespace control {

Binding::Binding(const tg_graph& graph, const std::vector<TensorType>& types) {
  for (size_t i = 0; i < graph.inputs.size() && i < types.size(); ++i) {
    const Dims& want = graph.values[static_cast<size_t>(graph.inputs[i].value)].type.dims;
    const Dims& have = types[i].dims;
    if (!dims_compatible(want, have)) fits_ = false;
    if (!fits_ || !want.known_rank() || !have.known_rank()) continue;
    for (int k = 0; k < want.rank(); ++k) {
      if (want[k] >= TG_DIM_UNKNOWN || have[k] == TG_DIM_UNKNOWN) continue;
      auto known = std::find_if(sizes_.begin(), sizes_.end(), [&](const auto& size) { return size.first == want[k]; });
      if (known == sizes_.end()) sizes_.emplace_back(want[k], have[k]);
      else if (known->second < 0) known->second = have[k];
      else if (have[k] >= 0 && known->second != have[k]) fits_ = false;
    }
  }
}

void Binding::forget(int64_t symbol) {
  auto known = std::find_if(sizes_.begin(), sizes_.end(), [&](const auto& size) { return size.first == symbol; });
  if (known != sizes_.end()) sizes_.erase(known);
}

TensorType Binding::operator()(const TensorType& declared) const {
  TensorType type = declared;
  for (int k = 0; k < type.dims.rank(); ++k) {
    if (type.dims[k] >= TG_DIM_UNKNOWN) continue;
    auto known =
        std::find_if(sizes_.begin(), sizes_.end(), [&](const auto& size) { return size.first == type.dims[k]; });
    type.dims[k] = known == sizes_.end() ? TG_DIM_UNKNOWN : known->second;
  }
  return type;
}

Error unimplemented_gradient(const std::string& received) {
  return Error(TG_UNIMPLEMENTED, "TG-0516",
               "the gradient of a loop keeps values of one shape from all iterations. Received: " + received);
}

TensorType input_type(tg_op_context* context, size_t index) {
  tg_tensor_desc desc{};
  desc.struct_size = sizeof(desc);
  context->input(index, &desc);
  return {desc.dtype, desc.rank < 0 ? Dims::unknown_rank() : Dims(desc.dims, desc.rank)};
}

void check_types(const std::string& op, const char* what, const tg_graph& function,
                 const std::vector<TensorType>& types) {
  const std::string rule = std::string(what) + " takes the inputs of the call, and reads nothing else";
  if (!function.captures.empty())
    throw invalid_argument("TG-0513", rule, std::string(what) + " of " + op + " with captures");
  if (function.inputs.size() != types.size())
    throw invalid_argument("TG-0513", rule, std::to_string(types.size()) + " inputs for a function of " +
                                                std::to_string(function.inputs.size()));
  for (size_t i = 0; i < types.size(); ++i) {
    const TensorType& want = function.values[static_cast<size_t>(function.inputs[i].value)].type;
    if (want.dtype != types[i].dtype)
      throw invalid_argument("TG-0513", rule, function.inputs[i].name + "=" + type_text(types[i].dtype, types[i].dims) +
                                                  " for " + type_text(want.dtype, want.dims));
  }
}

Ref<tg_function> with_recorded_nodes(const tg_function& function, const std::vector<bool>& inputs) {
  std::unique_ptr<tg_graph> copy = copy_graph(function.graph());
  record_nodes(copy.get(), {&inputs, nullptr});
  return tg_function::freeze(std::move(copy));
}

size_t level_of(tg_op_context* context, size_t base, const std::vector<int64_t>& recorded) {
  size_t end = context->num_outputs();
  while (end > base && !context->output_gradient(end - 1)) --end;
  size_t level = 0;
  while (level < recorded.size() && outputs_of_level(base, recorded, level) < end) ++level;
  if (level >= recorded.size())
    throw internal_error("[" + context->op.name + "] a gradient is taken of a call that was recorded for " +
                         std::to_string(recorded.size()) + " orders");
  return level;
}

TensorRef call(const char* name, std::vector<TensorRef> inputs, const std::vector<tg_attr>& attrs) {
  const tg_op* op = find_op(name);
  std::vector<tg_tensor*> handles;
  for (const TensorRef& input : inputs) handles.push_back(input.get());
  TensorRef output;
  execute(*op, resolve_attrs(*op, attrs.data(), attrs.size()), handles.data(), handles.size(), &output);
  return output;
}

TensorRef zeros_for(const TensorRef& input, const TensorType& type) {
  if (input->dtype != TG_RESOURCE) return call("zeros_like", {input});
  if (type.dims.is_static()) {
    std::vector<int64_t> sizes(type.dims.begin(), type.dims.end());
    TensorRef dims = new_tensor_copy(TG_INT64, {type.dims.rank()}, sizes.data(), sizes.size() * sizeof(int64_t));
    TensorRef zero = new_tensor(type.dtype, {});
    std::memset(zero->data(), 0, tensor_bytes(*zero));
    return call("fill", {dims, zero});
  }
  tg_attr dtype{};
  dtype.struct_size = sizeof(dtype);
  dtype.name = "dtype";
  dtype.kind = TG_ATTR_DTYPE;
  dtype.i = type.dtype;
  return call("zeros_like", {call("read_variable", {input}, {dtype})});
}

AttrsRef with_level(const tg_op& op, const Attrs& attrs, const std::vector<bool>& wanted, size_t added,
                    std::vector<std::pair<const char*, Ref<tg_function>>> functions) {
  auto changed = std::make_shared<Attrs>(attrs);
  AttrValue& recorded = (*changed)[static_cast<size_t>(op.schema.attr_index("recorded"))];
  AttrValue& differentiated = (*changed)[static_cast<size_t>(op.schema.attr_index("differentiated"))];
  std::vector<int64_t> inputs(wanted.begin(), wanted.end());
  if (differentiated.ints != inputs) recorded.ints.clear();
  differentiated.ints = std::move(inputs);
  recorded.ints.push_back(static_cast<int64_t>(added));
  for (auto& [name, function] : functions)
    (*changed)[static_cast<size_t>(op.schema.attr_index(name))].function = function;
  return changed;
}

AttrsRef attrs_with(const tg_op& op, const std::vector<std::pair<const char*, Ref<tg_function>>>& functions) {
  auto attrs = std::make_shared<Attrs>();
  for (const AttrSchema& attr : op.schema.attrs) attrs->push_back(attr.default_value);
  for (const auto& [name, function] : functions) {
    AttrValue& attr = (*attrs)[static_cast<size_t>(op.schema.attr_index(name))];
    attr.kind = TG_ATTR_FUNCTION;
    attr.function = function;
  }
  return attrs;
}

}  // namespace control

namespace {

AttrsRef record(const tg_op& op, const AttrsRef& attrs, const std::vector<bool>& wanted) {
  if (op.name == "cond") return control::record_cond(op, *attrs, wanted);
  if (op.name == "while") return control::record_while(op, *attrs, wanted);
  return attrs;
}

}  // namespace

AttrsRef close_functions(const AttrsRef& attrs, std::vector<TensorRef>* inputs) {
  std::vector<TensorRef> captured;
  for (const AttrValue& attr : *attrs) {
    if (!attr.function) continue;
    const tg_graph& graph = attr.function->graph();
    std::vector<bool> read(graph.values.size());
    for (const Node& node : graph.nodes)
      for (int input : node.inputs) read[static_cast<size_t>(input)] = true;
    for (int output : graph.outputs) read[static_cast<size_t>(output)] = true;
    for (const Capture& capture : graph.captures) {
      auto same = [&](const TensorRef& tensor) { return tensor->id == capture.tensor->id; };
      if (read[static_cast<size_t>(capture.value)] && std::none_of(captured.begin(), captured.end(), same))
        captured.push_back(capture.tensor);
    }
  }
  bool any = !captured.empty();
  for (const AttrValue& attr : *attrs) any = any || (attr.function && !attr.function->graph().captures.empty());
  if (!any) return attrs;
  auto closed = std::make_shared<Attrs>(*attrs);
  enter_graph(nullptr);  // freezing may run ops, which belong to no graph
  struct Lifted {
    ~Lifted() { leave_graph(); }
  } lifted;
  for (AttrValue& attr : *closed) {
    if (!attr.function) continue;
    std::unique_ptr<tg_graph> copy = copy_graph(attr.function->graph());
    copy->close(captured);
    attr.function = tg_function::freeze(std::move(copy));
  }
  inputs->insert(inputs->end(), captured.begin(), captured.end());
  return closed;
}

AttrsRef record_functions(const tg_op& op, const AttrsRef& attrs, const std::vector<TensorRef>& inputs,
    size_t* wanted) {
  std::vector<bool> watched;
  bool any = false;
  for (const TensorRef& input : inputs) {
    watched.push_back(any_tape_watches(*input));
    any = any || watched.back();
  }
  if (!any) return attrs;
  std::vector<InferInput> types;
  for (const TensorRef& input : inputs) types.push_back({input->dtype, &input->dims, nullptr});
  *wanted = infer(op, *attrs, types).size();
  AttrsRef result = attrs;
  const int orders = count_recording_tapes();
  pause_tapes();
  try {
    for (int order = 0; order < orders; ++order) result = record(op, result, watched);
  } catch (...) {
    resume_tapes();
    throw;
  }
  resume_tapes();
  return result;
}

namespace {

// Its recorded form, and the outputs that this adds; whether there are any.
bool record_one(tg_graph* graph, size_t index, const std::vector<bool>& wanted) {
  Node& node = graph->nodes[index];
  node.attrs = record(*node.op, node.attrs, wanted);
  std::vector<InferInput> types;
  for (int input : node.inputs) {
    const Value& value = graph->values[static_cast<size_t>(input)];
    types.push_back({value.type.dtype, &value.type.dims, value.constant.get()});
  }
  std::vector<TensorType> outputs = infer(*node.op, *node.attrs, types);
  bool any = false;
  for (size_t k = node.outputs.size(); k < outputs.size(); ++k) {
    node.outputs.push_back(static_cast<int>(graph->values.size()));
    graph->values.push_back({outputs[k], static_cast<int>(index), nullptr, next_id()});
    any = true;
  }
  return any;
}

}  // namespace

void record_node(tg_graph* graph, size_t index, const std::vector<bool>& wanted, size_t end) {
  const OpSchema& schema = graph->nodes[index].op->schema;
  if (!schema.has_functions || schema.attr_index("recorded") < 0) return;
  auto ints = [&](const char* name) -> const std::vector<int64_t>& {
    return control::attr_of(*graph->nodes[index].op, *graph->nodes[index].attrs, name).ints;
  };
  // Whoever took gradients before still has them.
  std::vector<bool> inputs = wanted;
  for (size_t i = 0; i < ints("differentiated").size(); ++i) inputs[i] = inputs[i] || ints("differentiated")[i];
  auto suffices = [&](int orders) {
    const std::vector<int64_t>& differentiated = ints("differentiated");
    for (size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i] && (i >= differentiated.size() || !differentiated[i])) return false;
    const std::vector<int64_t>& recorded = ints("recorded");
    size_t base = graph->nodes[index].outputs.size() - control::outputs_of_level(0, recorded, recorded.size());
    size_t level = 0;
    while (level < recorded.size() && control::outputs_of_level(base, recorded, level) < end) ++level;
    return level + static_cast<size_t>(orders) < recorded.size();
  };
  const int orders = count_recording_tapes();  // of which each can ask for a gradient of this gradient
  if (suffices(orders)) return;
  pause_tapes();
  enter_graph(nullptr);  // freezing may run ops, which belong to no graph
  struct Back {
    ~Back() {
      leave_graph();
      resume_tapes();
    }
  } back;
  while (!suffices(orders)) record_one(graph, index, inputs);
  const Node& node = graph->nodes[index];
  std::vector<TensorRef> outputs;
  for (int output : node.outputs) {
    const Value& value = graph->values[static_cast<size_t>(output)];
    outputs.push_back(new_symbolic(graph->id, output, value.type.dtype, value.type.dims, value.id));
  }
  extend_on_tapes(node.attrs, outputs);
}

void record_nodes(tg_graph* graph, const GradientScope& scope) {
  std::vector<bool> reached = reached_values(*graph, scope);
  bool changed = false;
  for (size_t i = 0; i < graph->nodes.size(); ++i) {
    if (!graph->nodes[i].op->schema.has_functions) continue;
    std::vector<bool> wanted;
    bool any = false;
    for (int input : graph->nodes[i].inputs) {
      wanted.push_back(reached[static_cast<size_t>(input)]);
      any = any || wanted.back();
    }
    if (any) changed = record_one(graph, i, wanted) || changed;
  }
  if (changed) graph->renumber();
}

}  // namespace tg
