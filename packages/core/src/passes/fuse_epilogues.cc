// Products and convolutions take along what follows them: a factor and a term for each channel, an activation (gelu and silu
// as they are written with other ops, too), a term of the result's shape.
// Before: a valid graph. After: the same results, to the bit unless there is a factor for each channel; such a step that
// alone reads the result of a float32 matmul or conv2d is part of it.
#include <algorithm>

#include "kernels/epilogue.h"
#include "passes/pass.h"
#include "passes/rewriter.h"

namespace tg {
namespace {

using kernels::Activation;

struct Steps {
  int scale = -1, bias = -1, residual = -1;
  Activation activation = Activation::kNone;
  bool residual_last = false;
  int last = -1;  // the node whose result it is
};

class Epilogues {
 public:
  explicit Epilogues(tg_graph* graph) : graph_(*graph), readers_(graph->values.size()), result_(graph->values.size()), state_(graph->nodes.size(), 0) {
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      for (int input : graph_.nodes[i].inputs) readers_[input].push_back(static_cast<int>(i));
    for (int output : graph_.outputs) result_[output] = true;
  }

  void run() {
    std::vector<Node> made(graph_.nodes.size());
    std::vector<char>& state = state_;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (state[i] || !is_start(node)) continue;
      Steps steps;
      std::vector<int> taken;
      follow(static_cast<int>(i), &steps, &taken);
      if (taken.empty()) continue;
      made[steps.last] = fused(node, steps);
      state[i] = 1;
      for (int step : taken) state[step] = 1;
      state[steps.last] = 2;
    }
    std::vector<Node> kept;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (state[i] == 0) kept.push_back(std::move(graph_.nodes[i]));
      if (state[i] == 2) kept.push_back(std::move(made[i]));
    }
    graph_.nodes = std::move(kept);
    graph_.renumber();
  }

 private:
  static const AttrValue& attr(const Node& node, const char* name) {
    return (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index(name))];
  }
  const TensorType& type(int value) const { return graph_.values[value].type; }

  bool is_start(const Node& node) const {
    if (node.device || node.outputs.size() != 1 || type(node.outputs[0]).dtype != TG_FLOAT32) return false;
    const Dims& out = type(node.outputs[0]).dims;
    if (node.op->name == "conv2d") return attr(node, "data_format").s == "NHWC" && out.known_rank();
    if (node.op->name != "matmul") return false;
    const Dims &a = type(node.inputs[0]).dims, &b = type(node.inputs[1]).dims;
    if (!a.known_rank() || !b.known_rank() || b.rank() != 2 || a.rank() < 2) return false;
    for (const char* name : {"adjoint_a", "adjoint_b"})
      if (attr(node, name).i != 0) return false;
    return a.rank() == 2 || attr(node, "transpose_a").i == 0;
  }

  // One number for each channel of the result: the last axis alone.
  bool is_channels(int value, const Dims& out) const {
    const Dims& dims = type(value).dims;
    if (!dims.known_rank() || dims.rank() < 1 || dims.rank() > out.rank()) return false;
    for (int i = 0; i + 1 < dims.rank(); ++i)
      if (dims[i] != 1) return false;
    const int64_t size = dims[dims.rank() - 1];
    return size == out[out.rank() - 1] && size != TG_DIM_UNKNOWN;
  }

  void follow(int start, Steps* steps, std::vector<int>* taken) const {
    int current = graph_.nodes[start].outputs[0];
    const Dims out = type(current).dims;
    while (!result_[current]) {
      if (steps->activation == Activation::kNone && !steps->residual_last) {
        const Formula formula = formula_of(current);
        if (formula.activation != Activation::kNone && type(result(formula.nodes.back())).dims == out) {
          steps->activation = formula.activation;
          taken->insert(taken->end(), formula.nodes.begin(), formula.nodes.end());
          steps->last = formula.nodes.back();
          current = graph_.nodes[steps->last].outputs[0];
          continue;
        }
      }
      if (readers_[current].size() != 1) break;
      const int next = readers_[current][0];
      const Node& node = graph_.nodes[next];
      // What another product took along already is that one's.
      if (state_[next] != 0 || node.device || node.outputs.size() != 1 ||
          !(type(node.outputs[0]).dims == out) || !take(node, current, out, steps))
        break;
      taken->push_back(next);
      steps->last = next;
      current = node.outputs[0];
    }
  }

  // An activation made of several nodes, the last of which makes its result.
  struct Formula {
    Activation activation = Activation::kNone;
    std::vector<int> nodes;
  };

  // The one node that reads a value, if it is of this op and nobody took it along; else -1.
  int only_reader(int value, const char* op) const {
    if (result_[value] || readers_[value].size() != 1) return -1;
    const int node = readers_[value][0];
    return is_free(node, op) ? node : -1;
  }
  bool is_free(int node, const char* op) const {
    return state_[node] == 0 && !graph_.nodes[node].device && graph_.nodes[node].op->name == op &&
           type(graph_.nodes[node].outputs[0]).dtype == TG_FLOAT32;
  }
  int result(int node) const { return graph_.nodes[node].outputs[0]; }
  int other(int node, int value) const {
    const std::vector<int>& inputs = graph_.nodes[node].inputs;
    return inputs[0] == value ? inputs[1] : inputs[0];
  }
  bool is_number(int value, double number) const {
    const TensorRef& constant = graph_.values[value].constant;
    return constant && constant->dtype == TG_FLOAT32 && constant->dims.num_elements() == 1 &&
           *reinterpret_cast<const float*>(constant->data()) == static_cast<float>(number);
  }
  // The reader of a value that is this op with a number.
  int reader_with(int value, const char* op, double number) const {
    for (int node : readers_[value])
      if (is_free(node, op) && is_number(other(node, value), number)) return node;
    return -1;
  }

  // x * sigmoid(x), and both forms of 0.5 * x * (1 + w), as silu and gelu write them.
  Formula formula_of(int x) const {
    if (readers_[x].size() == 2) {
      for (int gate : readers_[x]) {
        if (!is_free(gate, "sigmoid")) continue;
        const int product = only_reader(result(gate), "multiply");
        if (product >= 0 && other(product, result(gate)) == x) return {Activation::kSilu, {gate, product}};
      }
    }
    const int half = reader_with(x, "multiply", 0.5);
    const int product = half < 0 ? -1 : only_reader(result(half), "multiply");
    if (product < 0) return {};
    if (readers_[x].size() == 2) {
      const int scaled = reader_with(x, "multiply", 0.7071067811865476);
      const int weight = scaled < 0 ? -1 : only_reader(result(scaled), "erf");
      const int raised = weight < 0 ? -1 : only_reader(result(weight), "add");
      if (raised < 0 || !is_number(other(raised, result(weight)), 1.0) ||
          only_reader(result(raised), "multiply") != product)
        return {};
      return {Activation::kGeluErf, {half, scaled, weight, raised, product}};
    }
    if (readers_[x].size() != 5) return {};
    int square = -1;
    for (int node : readers_[x])
      if (is_free(node, "multiply") && graph_.nodes[node].inputs == std::vector<int>{x, x}) square = node;
    const int cube = square < 0 ? -1 : only_reader(result(square), "multiply");
    if (cube < 0 || other(cube, result(square)) != x) return {};
    const int small = only_reader(result(cube), "multiply");
    if (small < 0 || !is_number(other(small, result(cube)), 0.044715)) return {};
    const int sum = only_reader(result(small), "add");
    if (sum < 0 || other(sum, result(small)) != x) return {};
    const int scaled = only_reader(result(sum), "multiply");
    if (scaled < 0 || !is_number(other(scaled, result(sum)), 0.7978845608028654)) return {};
    const int weight = only_reader(result(scaled), "tanh");
    const int raised = weight < 0 ? -1 : only_reader(result(weight), "add");
    if (raised < 0 || !is_number(other(raised, result(weight)), 1.0) ||
        only_reader(result(raised), "multiply") != product)
      return {};
    return {Activation::kGeluTanh, {half, square, cube, small, sum, scaled, weight, raised, product}};
  }

  bool take(const Node& node, int current, const Dims& out, Steps* steps) const {
    const std::string& op = node.op->name;
    const bool nothing_yet = steps->residual < 0 && steps->activation == Activation::kNone;
    if (op == "relu" || op == "tanh" || op == "sigmoid") {
      if (steps->activation != Activation::kNone || steps->residual_last) return false;
      steps->activation = op == "relu" ? Activation::kRelu : op == "tanh" ? Activation::kTanh : Activation::kSigmoid;
      return true;
    }
    if (node.inputs.size() != 2 || node.inputs[0] == node.inputs[1]) return false;
    const int other = node.inputs[0] == current ? node.inputs[1] : node.inputs[0];
    if (type(other).dtype != TG_FLOAT32) return false;
    if (op == "minimum" && steps->activation == Activation::kRelu && !steps->residual_last) {
      const TensorRef& six = graph_.values[other].constant;
      if (!six || six->dims.num_elements() != 1 || *reinterpret_cast<const float*>(six->data()) != 6.0f) return false;
      steps->activation = Activation::kRelu6;
      return true;
    }
    if (op == "multiply") {
      if (!nothing_yet || steps->scale >= 0 || steps->bias >= 0 || !is_channels(other, out)) return false;
      steps->scale = other;
      return true;
    }
    if (op != "add") return false;
    if (nothing_yet && steps->bias < 0 && is_channels(other, out)) {
      steps->bias = other;
      return true;
    }
    if (steps->residual >= 0 || !Rewriter::surely_equal(type(other).dims, out)) return false;
    steps->residual = other;
    steps->residual_last = steps->activation != Activation::kNone;
    return true;
  }

  Node fused(const Node& start, const Steps& steps) const {
    const Node& last = graph_.nodes[steps.last];
    Node node;
    node.op = find_internal_op(start.op->name == "conv2d" ? "_fused_conv2d" : "_fused_matmul");
    auto attrs = std::make_shared<Attrs>();
    for (const AttrSchema& schema : node.op->schema.attrs) {
      const int given = start.op->schema.attr_index(schema.name.c_str());
      attrs->push_back(given >= 0 ? (*start.attrs)[static_cast<size_t>(given)] : schema.default_value);
    }
    auto set = [&](const char* name, int64_t value) {
      (*attrs)[static_cast<size_t>(node.op->schema.attr_index(name))].i = value;
    };
    node.inputs = {start.inputs[0], start.inputs[1]};
    for (int value : {steps.scale, steps.bias, steps.residual})
      if (value >= 0) node.inputs.push_back(value);
    set("scale", steps.scale >= 0);
    set("bias", steps.bias >= 0);
    set("residual", steps.residual >= 0);
    set("residual_last", steps.residual_last);
    set("activation", static_cast<int64_t>(steps.activation));
    node.attrs = std::move(attrs);
    node.outputs = last.outputs;
    node.name = "fused:" + last.name;
    node.source = last.source;
    return node;
  }

  tg_graph& graph_;
  std::vector<std::vector<int>> readers_;
  std::vector<bool> result_;
  std::vector<char> state_;  // of each node; 1: part of another, 2: replaced
};

}  // namespace

void fuse_epilogues(tg_graph* graph) { Epilogues(graph).run(); }

}  // namespace tg
