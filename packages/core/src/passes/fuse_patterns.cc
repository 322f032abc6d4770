// Formulas that people write with several ops become the one op that computes them.
// Before: a valid graph. After: the same results but for rounding; softmax, its logarithm and layer normalization over the
// last axis, written with exp, log, sums and means whose values nobody else reads, are softmax, log_softmax and layer_norm.
#include "passes/pass.h"
#include "passes/rewriter.h"

namespace tg {
namespace {

class Patterns {
 public:
  explicit Patterns(tg_graph* graph) : rewriter_(graph) {}
  void run() {
    rewriter_.run([this](Node& node) { return change(node); });
  }

 private:
  bool change(Node& node) {
    if (node.device || node.outputs.size() != 1) return true;
    const int dtype = rewriter_.type(node.outputs[0]).dtype;
    if (dtype != TG_FLOAT32 && dtype != TG_FLOAT64) return true;
    const std::string& op = node.op->name;
    if (op == "divide") softmax(node);
    else if (op == "log") log_of_softmax(node);
    else if (op == "subtract") log_softmax(node);
    else if (op == "add") layer_norm(node);
    return true;
  }

  static const AttrValue& attr(const Node& node, const char* name) {
    return (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index(name))];
  }

  // A reduction over the last axis that keeps it.
  const Node* over_last(int value, const char* op) const {
    const Node* node = rewriter_.maker(value, op);
    if (!node || attr(*node, "keepdims").i == 0) return nullptr;
    const Dims& dims = rewriter_.type(node->inputs[0]).dims;
    const AttrValue& axis = attr(*node, "axis");
    if (!dims.known_rank() || dims.rank() < 1 || axis.kind != TG_ATTR_INTS || axis.ints.size() != 1) return nullptr;
    return axis.ints[0] == -1 || axis.ints[0] == dims.rank() - 1 ? node : nullptr;
  }

  // The x of x - max(x), or -1. uses: how many nodes of the pattern read the difference.
  int shifted(int value, int uses) const {
    const Node* difference = rewriter_.maker(value, "subtract");
    if (!difference || rewriter_.readers(value) != uses) return -1;
    const int most = difference->inputs[1];
    const Node* greatest = over_last(most, "reduce_max");
    if (!greatest || greatest->inputs[0] != difference->inputs[0] || rewriter_.readers(most) != 1) return -1;
    return difference->inputs[0];
  }

  void become(Node& node, const char* op, std::vector<int> inputs) {
    node.op = find_op(op);
    node.attrs = resolve_attrs(*node.op, nullptr, 0);
    node.inputs = std::move(inputs);
  }

  // exp(x - max(x)) / sum(exp(x - max(x)))
  void softmax(Node& node) {
    const int weights = node.inputs[0];
    const Node* sum = over_last(node.inputs[1], "reduce_sum");
    const Node* exponential = rewriter_.maker(weights, "exp");
    if (!sum || !exponential || sum->inputs[0] != weights || rewriter_.readers(weights) != 2 ||
        rewriter_.readers(node.inputs[1]) != 1)
      return;
    const int x = shifted(exponential->inputs[0], 1);
    if (x >= 0) become(node, "softmax", {x});
  }

  void log_of_softmax(Node& node) {
    const Node* inner = rewriter_.maker(node.inputs[0], "softmax");
    if (!inner || rewriter_.readers(node.inputs[0]) != 1) return;
    const int64_t axis = attr(*inner, "axis").i;
    const int x = inner->inputs[0];
    const Dims& dims = rewriter_.type(x).dims;
    if (axis != -1 && !(dims.known_rank() && axis == dims.rank() - 1)) return;
    become(node, "log_softmax", {x});
  }

  // (x - max(x)) - log(sum(exp(x - max(x))))
  void log_softmax(Node& node) {
    const Node* logarithm = rewriter_.maker(node.inputs[1], "log");
    if (!logarithm || rewriter_.readers(node.inputs[1]) != 1) return;
    const Node* sum = over_last(logarithm->inputs[0], "reduce_sum");
    if (!sum || rewriter_.readers(logarithm->inputs[0]) != 1) return;
    const Node* exponential = rewriter_.maker(sum->inputs[0], "exp");
    if (!exponential || exponential->inputs[0] != node.inputs[0] || rewriter_.readers(sum->inputs[0]) != 1) return;
    const int x = shifted(node.inputs[0], 2);
    if (x >= 0) become(node, "log_softmax", {x});
  }

  // A vector as long as the last axis of x.
  bool is_last(int value, int x) const {
    const Dims &dims = rewriter_.type(value).dims, &full = rewriter_.type(x).dims;
    return dims.known_rank() && dims.rank() == 1 && dims[0] > 0 && full.known_rank() && full.rank() > 0 &&
           dims[0] == full[full.rank() - 1];
  }

  // c * rsqrt(mean(c * c) + epsilon) * scale + offset, c = x - mean(x)
  void layer_norm(Node& node) {
    const int scaled = node.inputs[0], offset = node.inputs[1];
    const Node* times_scale = rewriter_.maker(scaled, "multiply");
    if (!times_scale || rewriter_.readers(scaled) != 1) return;
    const int unit = times_scale->inputs[0], scale = times_scale->inputs[1];
    const Node* times_factor = rewriter_.maker(unit, "multiply");
    if (!times_factor || rewriter_.readers(unit) != 1) return;
    const int centered = times_factor->inputs[0], factor = times_factor->inputs[1];
    const Node* inverse = rewriter_.maker(factor, "rsqrt");
    if (!inverse || rewriter_.readers(factor) != 1) return;
    const Node* raised = rewriter_.maker(inverse->inputs[0], "add");
    double epsilon = 0;
    if (!raised || rewriter_.readers(inverse->inputs[0]) != 1 || !rewriter_.uniform(raised->inputs[1], &epsilon)) return;
    const Node* variance = over_last(raised->inputs[0], "reduce_mean");
    if (!variance || rewriter_.readers(raised->inputs[0]) != 1) return;
    const Node* squares = rewriter_.maker(variance->inputs[0], "square");
    if (!squares || squares->inputs[0] != centered || rewriter_.readers(variance->inputs[0]) != 1) return;
    const Node* difference = rewriter_.maker(centered, "subtract");
    if (!difference || rewriter_.readers(centered) != 2) return;
    const Node* mean = over_last(difference->inputs[1], "reduce_mean");
    const int x = difference->inputs[0];
    if (!mean || mean->inputs[0] != x || rewriter_.readers(difference->inputs[1]) != 1) return;
    if (!is_last(scale, x) || !is_last(offset, x) || epsilon < 0) return;
    become(node, "layer_norm", {x, scale, offset});
    auto attrs = std::make_shared<Attrs>(*node.attrs);
    AttrValue& value = (*attrs)[static_cast<size_t>(node.op->schema.attr_index("epsilon"))];
    value.kind = TG_ATTR_FLOAT;
    value.f = epsilon;
    node.attrs = std::move(attrs);
  }

  Rewriter rewriter_;
};

}  // namespace

void fuse_patterns(tg_graph* graph) {
  Patterns(graph).run();
  drop_dead(graph);
}

}  // namespace tg
