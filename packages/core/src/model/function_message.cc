#include "model/function_message.h"

#include <cstring>
#include <map>
#include <unordered_set>

#include "graph/verify.h"
#include "model/wire.h"
#include "runtime/function.h"
#include "tensegra/shape.hpp"

namespace tg {
namespace {

WireWriter value_type_message(const TensorType& type, const std::string& name) {
  WireWriter out;
  out.integer(1, type.dtype);
  out.integer(2, !type.dims.known_rank());
  if (type.dims.known_rank()) out.integers(3, type.dims, true);
  out.text(4, name);
  return out;
}

WireWriter tensor_message(const tg_tensor& tensor) {
  WireWriter out;
  out.integer(1, tensor.dtype);
  out.integers(2, tensor.dims);
  out.text(3, {tensor.data(), tensor_bytes(tensor)});
  return out;
}

// "body/3" and "body" as "body": what is read and written again keeps its name.
std::string base_name(const std::string& name) { return name.substr(0, name.find('/')); }

// The functions that the attributes of a graph's nodes hold, by the names that they have in its message.
using FunctionNames = std::map<const FunctionBase*, std::string>;

WireWriter attribute_message(const std::string& name, const AttrValue& value, const FunctionNames& functions) {
  WireWriter out;
  out.text(1, name);
  WireWriter list;
  switch (value.kind) {
    case TG_ATTR_INT: out.zigzag(2, value.i, true); break;
    case TG_ATTR_FLOAT: out.float64(3, value.f, true); break;
    case TG_ATTR_BOOL: out.integer(4, value.i, true); break;
    case TG_ATTR_STRING: out.text(5, value.s, true); break;
    case TG_ATTR_DTYPE: out.integer(6, value.i, true); break;
    case TG_ATTR_INTS:
      list.integers(1, value.ints, true);
      out.message(7, list);
      break;
    case TG_ATTR_FLOATS:
      list.doubles(1, value.floats);
      out.message(8, list);
      break;
    case TG_ATTR_TENSOR: out.message(9, tensor_message(*value.tensor)); break;
    case TG_ATTR_FUNCTION: out.text(10, functions.at(value.function.get())); break;
    default: break;
  }
  return out;
}

// What the file says about a shape, checked.
Dims checked_file_dims(const std::vector<int64_t>& sizes, const char* field, bool symbols_ok) {
  if (sizes.size() > TG_MAX_RANK) damaged(field, "a shape has at most 8 dimensions");
  int64_t count = 1;
  for (int64_t size : sizes) {
    if (size < 0 && !symbols_ok) damaged(field, "a size is negative");
    if (size < -(int64_t{1} << 32)) damaged(field, "a symbol is out of range");
    if (size > 0 && __builtin_mul_overflow(count, size, &count)) damaged(field, "the number of elements overflows");
  }
  return Dims(sizes);
}

TensorRef read_tensor(std::string_view bytes, std::string* weight) {
  WireReader in(bytes, "TensorValue");
  int dtype = 0;
  std::vector<int64_t> sizes;
  std::string_view data;
  while (in.next()) switch (in.field()) {
      case 1: dtype = in.int32(); break;
      case 2: in.integers(&sizes); break;
      case 3: data = in.bytes(); break;
      case 4: *weight = in.text(); break;
      default: break;
    }
  if (!weight->empty()) return nullptr;
  Dims dims = checked_file_dims(sizes, "TensorValue.dims", false);
  int64_t count = dims.num_elements();
  if (dtype == TG_STRING) {
    if (count > static_cast<int64_t>(data.size() / 8)) damaged("TensorValue.data", "it is too short for its strings");
    size_t header = static_cast<size_t>(count + 1) * 8;
    if (data.size() < header) damaged("TensorValue.data", "it is too short for its strings");
    std::vector<int64_t> offsets(static_cast<size_t>(count) + 1);
    std::memcpy(offsets.data(), data.data(), header);
    int64_t previous = 0;
    for (int64_t offset : offsets) {
      if (offset < previous || offset > static_cast<int64_t>(data.size() - header))
        damaged("TensorValue.data", "a string goes past the end");
      previous = offset;
    }
    return new_string_tensor(dims, offsets.data(), data.data() + header);
  }
  if (dtype_size(dtype) == 0 && dtype != TG_INT4) damaged("TensorValue.dtype", "it has no dense elements");
  if (dense_bytes(dtype, count) != data.size()) damaged("TensorValue.data", "its length does not fit its shape");
  return new_tensor_copy(dtype, dims, data.data(), data.size());
}

AttributeMessage read_attribute(std::string_view bytes) {
  WireReader in(bytes, "Attribute");
  AttributeMessage out;
  while (in.next()) {
    AttrValue& value = out.value;
    switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: value.kind = TG_ATTR_INT, value.i = in.zigzag(); break;
      case 3: value.kind = TG_ATTR_FLOAT, value.f = in.float64(); break;
      case 4: value.kind = TG_ATTR_BOOL, value.i = in.boolean(); break;
      case 5: value.kind = TG_ATTR_STRING, value.s = in.text(); break;
      case 6: value.kind = TG_ATTR_DTYPE, value.i = in.int32(); break;
      case 7: {
        value.kind = TG_ATTR_INTS;
        WireReader list(in.bytes(), "IntList");
        while (list.next())
          if (list.field() == 1) list.integers(&value.ints, true);
        break;
      }
      case 8: {
        value.kind = TG_ATTR_FLOATS;
        WireReader list(in.bytes(), "FloatList");
        while (list.next())
          if (list.field() == 1) list.doubles(&value.floats);
        break;
      }
      case 9: value.kind = TG_ATTR_TENSOR, value.tensor = read_tensor(in.bytes(), &out.weight); break;
      case 10: value.kind = TG_ATTR_FUNCTION, out.function = in.text(); break;
      default: break;
    }
  }
  if (out.name.empty()) damaged("Attribute.name", "it is missing");
  return out;
}

NodeMessage read_node(std::string_view bytes) {
  WireReader in(bytes, "Node");
  NodeMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.op = in.text(); break;
      case 2: out.version = in.int32(); break;
      case 3: in.integers(&out.inputs); break;
      case 4: out.attributes.push_back(read_attribute(in.bytes())); break;
      case 5: out.outputs.push_back(read_value_type(in.bytes())); break;
      case 6: out.name = in.text(); break;
      case 7: out.source = in.text(); break;
      default: break;
    }
  if (out.op.empty()) damaged("Node.op", "it is missing");
  return out;
}

using Functions = std::map<std::string, Ref<tg_function>>;

AttrsRef build_attrs(const NodeMessage& node, const tg_op& op, const WeightLookup& weights, const Functions& functions) {
  auto attrs = std::make_shared<Attrs>();
  std::vector<bool> given(op.schema.attrs.size());
  for (const AttrSchema& schema : op.schema.attrs) attrs->push_back(schema.default_value);
  for (const AttributeMessage& attribute : node.attributes) {
    int index = op.schema.attr_index(attribute.name.c_str());
    if (index < 0) damaged("Node.attributes", op.name + " has no attribute '" + attribute.name + "'");
    AttrValue value = attribute.value;
    if (!attribute.weight.empty()) {
      if (!weights) damaged("TensorValue.weight", "there are no weights here");
      value.tensor = weights(attribute.weight);
    }
    if (value.kind == TG_ATTR_FUNCTION) {
      auto found = functions.find(attribute.function);
      if (found == functions.end())
        damaged("Attribute.function", "'" + attribute.function + "' is not among the functions of its function");
      value.function = found->second;
    }
    if (value.kind != op.schema.attrs[index].kind)
      damaged("Node.attributes", "attribute '" + attribute.name + "' of " + op.name + " is of another kind");
    (*attrs)[index] = std::move(value);
    given[index] = true;
  }
  for (size_t i = 0; i < given.size(); ++i)
    if (!given[i] && !op.schema.attrs[i].has_default && !op.schema.attrs[i].optional)
      damaged("Node.attributes", "attribute '" + op.schema.attrs[i].name + "' of " + op.name + " is missing");
  return attrs;
}

}  // namespace

namespace {

std::string write_named(const tg_graph& graph, const std::string& name) {
  WireWriter out;
  out.text(1, name);
  for (const GraphInput& input : graph.inputs) out.message(2, value_type_message(graph.values[input.value].type, input.name));
  for (const Capture& capture : graph.captures) out.message(2, value_type_message(graph.values[capture.value].type, ""));
  out.integer(3, static_cast<int64_t>(graph.captures.size()));
  FunctionNames functions;
  std::vector<const FunctionBase*> in_order;
  for (const Node& node : graph.nodes)
    for (const AttrValue& attr : *node.attrs)
      if (attr.function && functions.emplace(attr.function.get(), "").second) in_order.push_back(attr.function.get());
  for (size_t k = 0; k < in_order.size(); ++k)
    functions[in_order[k]] = base_name(in_order[k]->graph().name) + "/" + std::to_string(k);
  for (const Node& node : graph.nodes) {
    WireWriter message;
    message.text(1, node.op->name);
    message.integer(2, node.op->def.version);
    message.integers(3, node.inputs);
    for (size_t k = 0; k < node.attrs->size(); ++k)
      if ((*node.attrs)[k].kind != TG_ATTR_NONE)
        message.message(4, attribute_message(node.op->schema.attrs[k].name, (*node.attrs)[k], functions));
    for (int output : node.outputs) message.message(5, value_type_message(graph.values[output].type, ""));
    message.text(6, node.name);
    if (node.source >= 0) message.text(7, graph.sources[node.source]);
    out.message(5, message);
  }
  out.integers(6, graph.outputs);
  for (const FunctionBase* function : in_order) out.text(7, write_named(function->graph(), functions[function]));
  return out.bytes();
}

FunctionMessage read_function_at(const char* bytes, size_t size, int depth) {
  if (depth > tg_function::kDeepest) damaged("Function.functions", "functions lie in each other too deep");
  WireReader in({bytes, size}, "Function");
  FunctionMessage out;
  while (in.next()) switch (in.field()) {
      case 1: out.name = in.text(); break;
      case 2: out.inputs.push_back(read_value_type(in.bytes())); break;
      case 3: out.num_captures = in.integer(); break;
      case 4: in.integers(&out.captures); break;
      case 5: out.nodes.push_back(read_node(in.bytes())); break;
      case 6: in.integers(&out.outputs); break;
      case 7: {
        std::string_view function = in.bytes();
        out.functions.push_back(read_function_at(function.data(), function.size(), depth + 1));
        break;
      }
      default: break;
    }
  if (out.num_captures < 0 || out.num_captures > static_cast<int64_t>(out.inputs.size()))
    damaged("Function.num_captures", "there are fewer inputs");
  if (depth > 1 && out.num_captures > 0) damaged("Function.num_captures", "a function of an attribute has none");
  return out;
}

}  // namespace

std::string write_function(const tg_graph& graph) { return write_named(graph, graph.name); }

ValueTypeMessage read_value_type(std::string_view bytes) {
  WireReader in(bytes, "ValueType");
  ValueTypeMessage out;
  bool unknown_rank = false;
  std::vector<int64_t> sizes;
  while (in.next()) switch (in.field()) {
      case 1: out.type.dtype = in.int32(); break;
      case 2: unknown_rank = in.boolean(); break;
      case 3: in.integers(&sizes, true); break;
      case 4: out.name = in.text(); break;
      default: break;
    }
  if (!dtype_to_name(out.type.dtype)) damaged("ValueType.dtype", "it is unknown");
  out.type.dims = unknown_rank ? Dims::unknown_rank() : checked_file_dims(sizes, "ValueType.dims", true);
  return out;
}

FunctionMessage read_function(const char* bytes, size_t size) { return read_function_at(bytes, size, 1); }

std::unique_ptr<tg_graph> build_function(FunctionMessage message, std::vector<TensorRef> captures,
                                         const WeightLookup& weights) {
  if (static_cast<int64_t>(captures.size()) != message.num_captures)
    damaged("Function.captures", "there must be one for each captured input");
  Functions functions;
  for (FunctionMessage& function : message.functions) {
    std::string name = function.name;
    function.name = base_name(name);
    Ref<tg_function> made = tg_function::freeze(build_function(std::move(function), {}, weights));
    if (!functions.emplace(name, made).second) damaged("Function.functions", "'" + name + "' occurs twice");
  }
  auto graph = std::make_unique<tg_graph>(message.name);
  const size_t num_arguments = message.inputs.size() - captures.size();
  std::vector<TensorRef> values;
  for (size_t i = 0; i < num_arguments; ++i)
    values.push_back(graph->add_input(message.inputs[i].name, message.inputs[i].type.dtype, message.inputs[i].type.dims));
  for (size_t i = 0; i < captures.size(); ++i) {
    if (captures[i]->dtype != message.inputs[num_arguments + i].type.dtype)
      damaged("Function.captures", "a captured object has another dtype than its input");
    // One value per captured input, also where two inputs capture one object.
    if (graph->captures.size() != i) damaged("Function.captures", "an object is captured twice");
    values.push_back(graph->capture(captures[i].get()));
  }
  std::unordered_set<std::string> names;
  for (const NodeMessage& node : message.nodes) {
    const tg_op* op = find_op_or_null(node.op);
    if (op == nullptr || op->def.version < node.version)
      throw Error(TG_NOT_FOUND, "TG-0404",
                  "the ops that a saved model needs must be registered, in the version that it was saved with. "
                  "Received: op=" + node.op + " version " + std::to_string(node.version) +
                      (op ? ", this is version " + std::to_string(op->def.version) + ": upgrade tensegra-core"
                          : ", which is unknown: load the op library that brings it, or upgrade tensegra-core"));
    if (op->is_composite()) damaged("Node.op", "'" + node.op + "' is a composite and cannot stand in a graph");
    std::vector<TensorRef> inputs;
    std::vector<int> dtypes;
    for (int64_t input : node.inputs) {
      if (input < 0 || input >= static_cast<int64_t>(values.size()))
        damaged("Node.inputs", "node '" + node.name + "' reads a value that is not made before it");
      inputs.push_back(values[static_cast<size_t>(input)]);
      dtypes.push_back(inputs.back()->dtype);
    }
    if (!op->schema.list_result && node.outputs.size() != op->schema.num_outputs)
      damaged("Node.outputs", "their number is not that of the op");
    try {
      check_inputs(*op, dtypes.data(), dtypes.size());
      graph->set_source(node.source.empty() ? nullptr : node.source.c_str());
      std::vector<TensorRef> made = graph->add_node(*op, build_attrs(node, *op, weights, functions), inputs);
      if (made.size() != node.outputs.size()) damaged("Node.outputs", "their number is not that of the op");
      for (size_t k = 0; k < made.size(); ++k) {
        const TensorType& declared = node.outputs[k].type;
        if (declared.dtype != made[k]->dtype || !dims_compatible(declared.dims, made[k]->dims))
          damaged("Node.outputs", "node '" + node.name + "' declares another type than it makes");
      }
      values.insert(values.end(), made.begin(), made.end());
    } catch (const Error& error) {
      if (error.code() == TG_DATA_LOSS) throw;
      damaged("Node", "node '" + node.name + "' is not valid: " + error.message());
    }
    if (!node.name.empty()) graph->nodes.back().name = node.name;
    if (!names.insert(graph->nodes.back().name).second)
      damaged("Node.name", "'" + graph->nodes.back().name + "' occurs twice");
  }
  for (int64_t output : message.outputs) {
    if (output < 0 || output >= static_cast<int64_t>(values.size()))
      damaged("Function.outputs", "a result is not a value of the function");
    graph->outputs.push_back(values[static_cast<size_t>(output)]->value);
  }
  return graph;
}

}  // namespace tg
