#include "graph/verify.h"

#include <set>

#include "base/status.h"
#include "tensegra/shape.hpp"

namespace tg {
namespace {

[[noreturn]] void broken(const tg_graph& graph, const std::string& where, const std::string& rule) {
  throw Error(TG_INTERNAL, "TG-0301",
              "a graph keeps the rules of a valid graph: " + rule + ". Received: graph '" + graph.name + "', " + where);
}

}  // namespace

void verify(const tg_graph& graph) {
  const int count = static_cast<int>(graph.values.size());
  // 1. Values are numbered inputs, captures, node outputs; each is made once, before it is read.
  int next = 0;
  for (const GraphInput& input : graph.inputs) {
    if (input.value != next++) broken(graph, "input '" + input.name + "'", "inputs are the first values, in order");
    if (graph.values[input.value].node != -1) broken(graph, "input '" + input.name + "'", "no node makes an input");
  }
  for (const Capture& capture : graph.captures) {
    if (capture.value != next++) broken(graph, "a capture", "captures follow the inputs, in order");
    if (!capture.tensor) broken(graph, "a capture", "a capture has a tensor");
    if (capture.tensor->dtype != graph.values[capture.value].type.dtype)
      broken(graph, "a capture", "a capture has the dtype of its tensor");
  }
  std::set<std::string> names;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const std::string where = "node '" + node.name + "'";
    // 2. A node has a registered primitive op and a name of its own.
    if (node.op == nullptr || (!node.op->internal && find_op_or_null(node.op->name) != node.op)) broken(graph, where, "its op is registered");
    if (node.op->is_composite()) broken(graph, where, "composites are expanded before they enter a graph");
    if (!names.insert(node.name).second) broken(graph, where, "names are unique");
    // 3. Its attributes are those of the schema, in order, each of its kind.
    if (!node.attrs || node.attrs->size() != node.op->schema.attrs.size())
      broken(graph, where, "it has the attributes of its schema");
    for (size_t k = 0; k < node.attrs->size(); ++k) {
      int kind = (*node.attrs)[k].kind;
      const AttrSchema& schema = node.op->schema.attrs[k];
      if (kind != schema.kind && !(kind == TG_ATTR_NONE && schema.optional))
        broken(graph, where, "attribute '" + schema.name + "' has its kind");
    }
    // 4. It reads earlier values, as many and of the dtypes that the schema has.
    std::vector<int> dtypes;
    std::vector<InferInput> types;
    for (int input : node.inputs) {
      if (input < 0 || input >= next) broken(graph, where, "it reads earlier values only");
      const Value& value = graph.values[input];
      dtypes.push_back(value.type.dtype);
      types.push_back({value.type.dtype, &value.type.dims, value.constant.get()});
    }
    try {
      check_inputs(*node.op, dtypes.data(), dtypes.size());
    } catch (const Error& error) {
      broken(graph, where, error.message());
    }
    // 5. Its outputs are the next values and have types that inference agrees with.
    if (!node.op->schema.list_result && node.outputs.size() != node.op->schema.num_outputs)
      broken(graph, where, "it has the outputs of its schema");
    for (int output : node.outputs) {
      if (output != next++) broken(graph, where, "outputs are the next values, in order");
      if (graph.values[output].node != static_cast<int>(i)) broken(graph, where, "its outputs know it");
    }
    std::vector<TensorType> inferred;
    try {
      inferred = infer(*node.op, *node.attrs, types);
    } catch (const Error& error) {
      broken(graph, where, error.message());
    }
    if (node.outputs.size() != inferred.size()) broken(graph, where, "it has the outputs that inference says");
    for (size_t k = 0; k < node.outputs.size(); ++k) {
      const TensorType& type = graph.values[node.outputs[k]].type;
      if (type.dtype != inferred[k].dtype || !dims_compatible(type.dims, inferred[k].dims))
        broken(graph, where, "output " + std::to_string(k) + " is " + type_text(type.dtype, type.dims) +
                                 " but inference says " + type_text(inferred[k].dtype, inferred[k].dims));
    }
  }
  // 6. Nothing else is in it, and what it returns exists.
  if (next != count) broken(graph, "its values", "every value is an input, a capture or an output of a node");
  for (int output : graph.outputs)
    if (output < 0 || output >= count) broken(graph, "its results", "results are values of the graph");
}

}  // namespace tg
