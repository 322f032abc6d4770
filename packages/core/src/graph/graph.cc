#include "graph/graph.h"

#include <algorithm>
#include <cstdlib>

#include "base/status.h"
#include "graph/known_value.h"
#include "tensegra/shape.hpp"
#include "tensor/device_memory.h"

using tg::Dims;
using tg::TensorRef;

namespace tg {
namespace {

__attribute__((tls_model("initial-exec"))) thread_local std::vector<tg_graph*> graph_stack;
// The innermost one again: plain data in the static block, read before each op.
__attribute__((tls_model("initial-exec"))) thread_local tg_graph* innermost = nullptr;
void note_innermost() { innermost = graph_stack.empty() ? nullptr : graph_stack.back(); }

}  // namespace

tg_graph* current_graph() { return innermost; }
std::vector<tg_graph*> entered_graphs() { return {graph_stack.rbegin(), graph_stack.rend()}; }
void enter_graph(tg_graph* graph) {
  graph_stack.push_back(graph);
  note_innermost();
}
void forget_graph(tg_graph* graph) {
  std::replace(graph_stack.begin(), graph_stack.end(), graph, static_cast<tg_graph*>(nullptr));
  note_innermost();
}
void leave_graph() {
  if (graph_stack.empty())
    throw Error(TG_FAILED_PRECONDITION, "TG-0202", "a graph must be entered before it is left.");
  graph_stack.pop_back();
  note_innermost();
}

}  // namespace tg

namespace {
constexpr int64_t kMaxSymbols = int64_t{1} << 31;
}  // namespace

std::string tg_graph::unique_name(const std::string& base) {
  int count = name_counts_[base]++;
  return base + ":" + std::to_string(count);
}

void tg_graph::set_source(const char* source) {
  if (source == nullptr) {
    current_source = -1;
    return;
  }
  if (sources.empty() || sources.back() != source) sources.emplace_back(source);
  current_source = static_cast<int>(sources.size()) - 1;
}

TensorRef tg_graph::add_input(const std::string& input_name, int dtype, const Dims& dims) {
  Dims known = dims;
  for (int i = 0; i < known.rank(); ++i) {
    if (known[i] < -kMaxSymbols)
      throw tg::invalid_argument("TG-0109", "symbols are small negative numbers", "size=" + std::to_string(known[i]));
    if (known[i] == TG_DIM_UNKNOWN) known[i] = new_symbol();
    else if (known[i] < 0) num_symbols_ = std::max(num_symbols_, -1 - known[i]);
  }
  int value = static_cast<int>(values.size());
  TensorRef symbolic = tg::new_symbolic(id, value, dtype, known);
  values.push_back({{dtype, known}, -1, nullptr, symbolic->id});
  inputs.push_back({value, input_name});
  return symbolic;
}

// Symbols of another graph mean nothing here: equal ones there become equal ones here.
Dims tg_graph::own_dims(const tg_tensor& tensor) {
  Dims dims = tensor.dims;
  for (int i = 0; i < dims.rank(); ++i) {
    if (dims[i] >= 0) continue;
    if (dims[i] == TG_DIM_UNKNOWN || !tensor.is_symbolic()) {
      dims[i] = new_symbol();
      continue;
    }
    auto [found, fresh] = symbol_of_.try_emplace({tensor.graph_id, dims[i]}, 0);
    if (fresh) found->second = new_symbol();
    dims[i] = found->second;
  }
  return dims;
}

TensorRef tg_graph::add_input_like(const std::string& input_name, const tg_tensor& tensor) {
  return add_input(input_name, tensor.dtype, own_dims(tensor));
}

void tg_graph::close(const std::vector<TensorRef>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    size_t found = 0;
    while (found < captures.size() && captures[found].tensor->id != tensors[i]->id) ++found;
    const std::string input_name = "captured_" + std::to_string(i);
    if (found == captures.size()) {
      add_input_like(input_name, *tensors[i]);
    } else {
      inputs.push_back({captures[found].value, input_name});
    }
  }
  captures.clear();
  capture_of_.clear();
}

TensorRef tg_graph::capture(tg_tensor* tensor) {
  auto found = capture_of_.find(tensor->id);
  int value;
  if (found != capture_of_.end()) {
    value = found->second;
  } else {
    value = static_cast<int>(values.size());
    values.push_back({{tensor->dtype, own_dims(*tensor)}, -1, nullptr, tensor->id});
    captures.push_back({value, TensorRef::share(tensor)});
    capture_of_[tensor->id] = value;
  }
  TensorRef symbolic = tg::new_symbolic(id, value, tensor->dtype, values[value].type.dims, tensor->id);
  symbolic->resource = tensor->resource;
  return symbolic;
}

TensorRef tg_graph::add_constant(tg_tensor* tensor) {
  static const tg_op* op = tg::find_op("constant");
  auto attrs = std::make_shared<tg::Attrs>(op->schema.attrs.size());
  tg::AttrValue& value = (*attrs)[op->schema.attr_index("value")];
  value.kind = TG_ATTR_TENSOR;
  value.tensor = TensorRef::share(tensor);
  return add_node(*op, attrs, {})[0];
}

TensorRef tg_graph::import(tg_tensor* tensor) {
  if (tensor->graph_id == id) return TensorRef::share(tensor);
  if (!tensor->is_symbolic() && !tensor->resource && !tg::on_device(*tensor) &&
      tensor->dims.num_elements() <= tg::kSmallConstant &&
      !capture_of_.count(tensor->id))
    return add_constant(tensor);
  return capture(tensor);
}

std::vector<TensorRef> tg_graph::add_node(const tg_op& op, tg::AttrsRef attrs, const std::vector<TensorRef>& in) {
  std::vector<tg::InferInput> types;
  types.reserve(in.size());
  for (const TensorRef& tensor : in) {
    if (tensor->graph_id != id)
      throw tg::invalid_argument("TG-0118", "[" + op.name + "] a value of one graph cannot be used in another",
                                 "graph=" + name);
    types.push_back({tensor->dtype, &tensor->dims, values[tensor->value].constant.get()});
  }
  std::vector<tg::TensorType> out_types = tg::infer(op, *attrs, types);
  TensorRef known =
      out_types.empty() ? nullptr : tg::known_value(op, *attrs, types.data(), types.size(), out_types[0]);

  tg::Node node;
  node.op = &op;
  node.attrs = std::move(attrs);
  node.name = unique_name(op.name);
  node.source = current_source;
  node.device = tg::current_device();
  for (const TensorRef& tensor : in) node.inputs.push_back(tensor->value);
  std::vector<TensorRef> out;
  for (tg::TensorType& type : out_types) {
    int value = static_cast<int>(values.size());
    node.outputs.push_back(value);
    out.push_back(tg::new_symbolic(id, value, type.dtype, type.dims));
    values.push_back({std::move(type), static_cast<int>(nodes.size()), nullptr, out.back()->id});
  }
  if (known) values[node.outputs[0]].constant = known;
  nodes.push_back(std::move(node));
  return out;
}

void tg_graph::reset() {
  values.clear();
  nodes.clear();
  inputs.clear();
  captures.clear();
  outputs.clear();
  sources.clear();
  current_source = -1;
  capture_of_.clear();
  symbol_of_.clear();
  name_counts_.clear();
  num_symbols_ = 0;
}

void tg_graph::avoid_symbols(const tg_graph& other) {
  for (const tg::Value& value : other.values)
    for (int64_t size : value.type.dims)
      if (size < 0) num_symbols_ = std::max(num_symbols_, -1 - size);
}

void tg_graph::continue_numbers() {
  avoid_symbols(*this);
  for (const tg::Node& node : nodes) {
    size_t colon = node.name.rfind(':');
    if (colon == std::string::npos) continue;
    int number = std::atoi(node.name.c_str() + colon + 1);
    int& count = name_counts_[node.name.substr(0, colon)];
    count = std::max(count, number + 1);
  }
}

void tg_graph::renumber() {
  std::vector<int> order(values.size(), -1);
  std::vector<tg::Value> sorted;
  auto place = [&](int& value) {
    if (order[value] < 0) {
      order[value] = static_cast<int>(sorted.size());
      sorted.push_back(std::move(values[value]));
    }
    value = order[value];
  };
  for (tg::GraphInput& input : inputs) place(input.value);
  for (tg::Capture& capture : captures) place(capture.value);
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (int& input : nodes[i].inputs) input = order[input];
    for (int& output : nodes[i].outputs) {
      place(output);
      sorted[output].node = static_cast<int>(i);
    }
  }
  for (int& output : outputs) output = order[output];
  values = std::move(sorted);
  capture_of_.clear();
}
