// For passes that replace nodes one by one: goes through the nodes in order and makes the new list.
#ifndef TENSEGRA_PASSES_REWRITER_H_
#define TENSEGRA_PASSES_REWRITER_H_

#include <string_view>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "tensegra/shape.hpp"

namespace tg {

class Rewriter {
 public:
  explicit Rewriter(tg_graph* graph) : graph_(*graph), replacement_(graph->values.size()), readers_(graph->values.size()) {
    for (size_t i = 0; i < replacement_.size(); ++i) replacement_[i] = static_cast<int>(i);
    for (const Node& node : graph_.nodes)
      for (int input : node.inputs) ++readers_[input];
    for (int output : graph_.outputs) ++readers_[output];
    maker_.assign(graph_.values.size(), -1);
  }

  // change(node): may alter the node, add nodes before it, or say what stands for its result. Its inputs are up to date.
  template <class Change>
  void run(const Change& change) {
    std::vector<Node> old = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (Node& node : old) {
      for (int& input : node.inputs) input = follow(input);
      if (!change(node)) continue;
      keep(std::move(node));
    }
    for (int& output : graph_.outputs) output = follow(output);
    graph_.renumber();
  }

  // From now on `to` is read in place of `from`; change returns false then.
  bool replace(int from, int to) {
    replacement_[from] = to;
    readers_[to] += readers_[from];
    return false;
  }

  // A node before the one being changed, with the type that inference gives it; the value that it makes.
  int add(std::string_view op_name, AttrsRef attrs, std::vector<int> inputs, const Node& like) {
    return add(*find_op(op_name), std::move(attrs), std::move(inputs), like);
  }
  int add(const tg_op& op, AttrsRef attrs, std::vector<int> inputs, const Node& like) {
    Node node;
    node.op = &op;
    node.attrs = attrs ? std::move(attrs) : resolve_attrs(*node.op, nullptr, 0);
    node.inputs = std::move(inputs);
    node.name = like.name + "/" + op.name + std::to_string(added_++);
    node.source = like.source;
    node.device = like.device;
    std::vector<InferInput> types;
    for (int input : node.inputs) {
      const Value& value = graph_.values[input];
      types.push_back({value.type.dtype, &value.type.dims, value.constant.get()});
      ++readers_[input];
    }
    std::vector<TensorType> made = infer(*node.op, *node.attrs, types);
    const int value = static_cast<int>(graph_.values.size());
    node.outputs = {value};
    graph_.values.push_back({made[0], -1, nullptr});
    replacement_.push_back(value);
    readers_.push_back(0);
    maker_.push_back(-1);
    keep(std::move(node));
    return value;
  }

  int add_constant(TensorRef tensor, const Node& like) {
    static const tg_op* op = find_op("constant");
    auto attrs = std::make_shared<Attrs>(op->schema.attrs.size());
    AttrValue& attr = (*attrs)[static_cast<size_t>(op->schema.attr_index("value"))];
    attr.kind = TG_ATTR_TENSOR;
    attr.tensor = tensor;
    const int value = add("constant", std::move(attrs), {}, like);
    graph_.values[value].constant = std::move(tensor);
    return value;
  }

  // The node that makes a value, or null.
  const Node* maker(int value) const { return maker_[value] < 0 ? nullptr : &graph_.nodes[maker_[value]]; }
  // The same if it is of this op.
  const Node* maker(int value, std::string_view op_name) const {
    const Node* node = maker(value);
    return node && node->op->name == op_name ? node : nullptr;
  }
  const Value& value(int number) const { return graph_.values[number]; }
  const TensorType& type(int number) const { return graph_.values[number].type; }
  int readers(int number) const { return readers_[number]; }
  // Two values surely have the same shape, whatever the sizes.
  bool same_dims(int one, int other) const { return surely_equal(type(one).dims, type(other).dims); }
  static bool surely_equal(const Dims& one, const Dims& other) {
    if (!one.known_rank() || !(one == other)) return false;
    for (int64_t size : one)
      if (size == TG_DIM_UNKNOWN) return false;
    return true;
  }

  // The number that all elements of a small constant are; false where they differ, or it is none.
  bool uniform(int number, double* result) const {
    const TensorRef& constant = graph_.values[number].constant;
    if (!constant || constant->dims.num_elements() < 1 || constant->dtype == TG_STRING || is_complex(constant->dtype) ||
        dtype_size(constant->dtype) == 0)
      return false;
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    describe(*constant, &desc);
    const int64_t count = constant->dims.num_elements();
    const size_t size = dtype_size(constant->dtype);
    desc.rank = 0;
    const char* first = constant->data();
    for (int64_t i = 1; i < count; ++i)
      if (__builtin_memcmp(first, first + static_cast<size_t>(i) * size, size) != 0) return false;
    *result = read_number(desc);
    return true;
  }

 private:
  int follow(int value) const {
    while (replacement_[value] != value) value = replacement_[value];
    return value;
  }
  void keep(Node node) {
    for (int output : node.outputs) maker_[output] = static_cast<int>(graph_.nodes.size());
    graph_.nodes.push_back(std::move(node));
  }

  tg_graph& graph_;
  std::vector<int> replacement_;
  std::vector<int> readers_;  // how many read a value; an upper bound after replacements
  std::vector<int> maker_;    // of each value: its node in the new list
  int added_ = 0;
};

}  // namespace tg

#endif  // TENSEGRA_PASSES_REWRITER_H_
