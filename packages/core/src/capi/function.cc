#include "runtime/function.h"

#include "capi/capi.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "model/function_message.h"
#include "tensegra/c/function.h"

namespace tg::capi {
namespace {

void retain(tg_function* function) {
  if (function) function->retain();
}
void release(tg_function* function) {
  if (function) function->release();
}

tg_status* create(tg_graph* graph, tg_tensor* const* outputs, size_t num_outputs, tg_function** out) {
  return guard([&] {
    require(graph, "graph");
    require(out, "out");
    std::vector<TensorRef> results = tensors_from_c(outputs, num_outputs);
    for (TensorRef& result : results) {
      result = graph->import(result.get());
      graph->outputs.push_back(result->value);
    }
    // The handle stays the caller's, emptied; it keeps its id for values that are still around.
    auto taken = std::make_unique<tg_graph>(graph->name);
    taken->values = std::move(graph->values);
    taken->nodes = std::move(graph->nodes);
    taken->inputs = std::move(graph->inputs);
    taken->captures = std::move(graph->captures);
    taken->outputs = std::move(graph->outputs);
    taken->sources = std::move(graph->sources);
    graph->reset();
    *out = tg_function::freeze(std::move(taken)).detach();
  });
}

const char* name(const tg_function* function) { return function ? function->graph().name.c_str() : nullptr; }
size_t num_inputs(const tg_function* function) { return function ? function->graph().inputs.size() : 0; }
size_t num_captures(const tg_function* function) { return function ? function->graph().captures.size() : 0; }
size_t num_outputs(const tg_function* function) { return function ? function->graph().outputs.size() : 0; }
size_t num_nodes(const tg_function* function) { return function ? function->graph().nodes.size() : 0; }
size_t num_values(const tg_function* function) { return function ? function->graph().values.size() : 0; }

template <class List>
auto& item(List& list, size_t index, const char* what) {
  if (index >= list.size())
    throw Error(TG_OUT_OF_RANGE, "TG-0107", std::string(what) + " must exist. Received: index=" +
                                                std::to_string(index) + " of " + std::to_string(list.size()));
  return list[index];
}

tg_status* value_type(const tg_function* function, size_t index, tg_tensor_desc* desc) {
  return guard([&] {
    require(function, "function");
    require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
    const TensorType& type = item(function->graph().values, index, "a value").type;
    size_t size = desc->struct_size;
    *desc = tg_tensor_desc{};
    desc->struct_size = size;
    desc->dtype = type.dtype;
    desc->rank = type.dims.rank();
    desc->dims = type.dims.data();
  });
}
const char* input_name(const tg_function* function, size_t index) {
  return function && index < function->graph().inputs.size() ? function->graph().inputs[index].name.c_str() : nullptr;
}
tg_status* output_value(const tg_function* function, size_t index, int64_t* value) {
  return guard([&] {
    require(function, "function");
    require(value, "value");
    *value = item(function->graph().outputs, index, "an output");
  });
}

tg_status* node(const tg_function* function, size_t index, tg_node_view* view) {
  return guard([&] {
    require(function, "function");
    require_struct(view, sizeof(tg_node_view), "tg_node_view");
    const Node& found = item(function->graph().nodes, index, "a node");
    // Value numbers as int64, kept per thread until the next call.
    thread_local std::vector<int64_t> numbers;
    numbers.assign(found.inputs.begin(), found.inputs.end());
    numbers.insert(numbers.end(), found.outputs.begin(), found.outputs.end());
    view->op = found.op->name.c_str();
    view->name = found.name.c_str();
    view->source = found.source >= 0 ? function->graph().sources[found.source].c_str() : "";
    view->inputs = numbers.data();
    view->outputs = numbers.data() + found.inputs.size();
    view->num_inputs = found.inputs.size();
    view->num_outputs = found.outputs.size();
    view->num_attrs = found.attrs->size();
  });
}
tg_status* node_attr(const tg_function* function, size_t node_index, size_t index, tg_attr* out) {
  return guard([&] {
    require(function, "function");
    require_struct(out, sizeof(tg_attr), "tg_attr");
    const Node& found = item(function->graph().nodes, node_index, "a node");
    const AttrValue& value = item(*found.attrs, index, "an attribute");
    value.view(found.op->schema.attrs[index].name.c_str(), out);
  });
}
tg_status* capture(const tg_function* function, size_t index, tg_tensor** out) {
  return guard([&] {
    require(function, "function");
    require(out, "out");
    TensorRef tensor = item(function->graph().captures, index, "a capture").tensor;
    *out = tensor.detach();
  });
}

tg_status* call(tg_function* function, tg_tensor* const* inputs, size_t count, tg_tensor** outputs, size_t room) {
  return guard([&] {
    require(function, "function");
    if (!function->graph().outputs.empty()) require(outputs, "outputs");
    if (room < function->graph().outputs.size())
      throw invalid_argument("TG-0303", "there must be room for every output", "num_outputs=" + std::to_string(room));
    std::vector<TensorRef> results = function->call(tensors_from_c(inputs, count));
    for (size_t i = 0; i < results.size(); ++i) outputs[i] = results[i].detach();
  });
}
tg_status* verify_function(const tg_function* function) {
  return guard([&] {
    require(function, "function");
    verify(function->graph());
  });
}
tg_status* print_function(const tg_function* function, tg_text_fn fn, void* context) {
  return guard([&] {
    require(function, "function");
    require(reinterpret_cast<const void*>(fn), "fn");
    std::string text = print(function->graph());
    fn(context, text.data(), text.size());
  });
}
tg_status* parse(const char* text, size_t size, tg_function** out) {
  return guard([&] {
    require(text, "text");
    require(out, "out");
    *out = tg_function::parse(std::string(text, size)).detach();
  });
}
tg_status* serialize(const tg_function* function, tg_text_fn fn, void* context) {
  return guard([&] {
    require(function, "function");
    require(reinterpret_cast<const void*>(fn), "fn");
    std::string bytes = write_function(function->graph());
    fn(context, bytes.data(), bytes.size());
  });
}
tg_status* deserialize(const void* bytes, size_t size, tg_tensor* const* captures, size_t count, tg_function** out) {
  return guard([&] {
    require(bytes, "bytes");
    require(out, "out");
    FunctionMessage message = read_function(static_cast<const char*>(bytes), size);
    *out = tg_function::freeze(build_function(std::move(message), tensors_from_c(captures, count), nullptr)).detach();
  });
}

}  // namespace

const tg_function_api function_api = {sizeof(tg_function_api), retain,     release,    create,       name,
                                      num_inputs,   num_captures,  num_outputs, num_nodes, num_values,
                                      value_type,   input_name,    output_value, node,     node_attr,
                                      capture,      call,          verify_function, print_function, parse,
                                      serialize,    deserialize};

}  // namespace tg::capi
