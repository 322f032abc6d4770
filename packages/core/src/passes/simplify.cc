// Replaces calls by cheaper ones that give the same bits.
// Before: a valid graph. After: the same results; no node that only hands its input on, undoes what another did, repeats
// an element that its reader repeats anyway, asks a computed value for a shape that an input has, or divides by a power of
// two.
#include <cmath>
#include <cstring>

#include "base/status.h"
#include "passes/pass.h"
#include "passes/rewriter.h"

namespace tg {
namespace {

bool is_float(int dtype) {
  return dtype == TG_FLOAT32 || dtype == TG_FLOAT64 || dtype == TG_FLOAT16 || dtype == TG_BFLOAT16;
}

// How many values of `wide` stand for those of `narrow` exactly: a cast there and back changes nothing.
bool holds(int wide, int narrow) {
  if (narrow == TG_BOOL) return wide == TG_BOOL || is_float(wide) || (wide >= TG_INT8 && wide <= TG_UINT64);
  if (narrow == TG_FLOAT16 || narrow == TG_BFLOAT16) return wide == TG_FLOAT32 || wide == TG_FLOAT64;
  if (narrow == TG_FLOAT32) return wide == TG_FLOAT64;
  if (narrow == TG_INT8 || narrow == TG_UINT8) return wide == TG_INT16 || wide == TG_INT32 || wide == TG_INT64;
  if (narrow == TG_INT16 || narrow == TG_UINT16) return wide == TG_INT32 || wide == TG_INT64;
  if (narrow == TG_INT32) return wide == TG_INT64 || wide == TG_FLOAT64;
  return false;
}

class Simplifier {
 public:
  explicit Simplifier(tg_graph* graph) : rewriter_(graph) {
    for (const auto& input : graph->inputs)
      if (graph->values[input.value].type.dtype != TG_RESOURCE) inputs_.push_back(input.value);
  }
  void run() {
    rewriter_.run([this](Node& node) { return change(node); });
  }

 private:
  // False: the node is replaced.
  bool change(Node& node) {
    if (node.outputs.size() != 1 || node.op->def.effects != TG_EFFECT_NONE || node.inputs.empty() || node.op->internal)
      return true;
    const std::string& op = node.op->name;
    const int x = node.inputs[0], out = node.outputs[0];
    if (op == "identity" || op == "stop_gradient") return hand_on(node, x);
    if (op == "broadcast_like" || op == "broadcast_to" || op == "sum_to_like") {
      if (rewriter_.same_dims(x, out)) return hand_on(node, x);
      if (op != "broadcast_to") ask_an_input(node);
      return true;
    }
    if (op == "ones_like" || op == "zeros_like") return change_filled(node, op == "ones_like" ? 1.0 : 0.0);
    if (op == "cast") return change_cast(node);
    if (op == "reshape") return change_reshape(node);
    if (op == "transpose") return change_transpose(node);
    if (op == "negative" || op == "logical_not" || op == "invert") {
      const Node* inner = rewriter_.maker(x, op);
      return inner ? hand_on(node, inner->inputs[0]) : true;
    }
    if (node.inputs.size() != 2 || node.op->def.fusion != TG_FUSION_ELEMENTWISE) return true;
    shorten_broadcasts(node);
    return change_binary(node);
  }

  bool hand_on(const Node& node, int value) { return rewriter_.replace(node.outputs[0], value); }

  // What is asked for its shape alone may be an input of the function as well, which is there from the beginning: a gradient
  // then need not wait for the value whose shape it has.
  void ask_an_input(Node& node) {
    const int like = node.inputs[1];
    if (!rewriter_.maker(like)) return;
    for (int input : inputs_)
      if (rewriter_.same_dims(input, like)) {
        node.inputs[1] = input;
        return;
      }
  }

  // One number is a constant.
  bool change_filled(const Node& node, double value) {
    const TensorType& type = rewriter_.type(node.outputs[0]);
    if (!type.dims.is_static() || type.dims.num_elements() != 1 || dtype_size(type.dtype) == 0 || type.dtype == TG_STRING)
      return true;
    return hand_on(node, rewriter_.add_constant(number(type.dtype, value, type.dims), node));
  }

  bool change_cast(Node& node) {
    const int x = node.inputs[0], out = node.outputs[0], to = rewriter_.type(out).dtype;
    if (rewriter_.type(x).dtype == to) return hand_on(node, x);
    const Node* inner = rewriter_.maker(x, "cast");
    if (!inner) return true;
    const int source = inner->inputs[0], from = rewriter_.type(source).dtype;
    if (!holds(rewriter_.type(x).dtype, from)) return true;
    if (from == to) return hand_on(node, source);
    node.inputs[0] = source;
    return true;
  }

  bool change_reshape(Node& node) {
    const int x = node.inputs[0], out = node.outputs[0];
    if (rewriter_.same_dims(x, out)) return hand_on(node, x);
    const Node* inner = rewriter_.maker(x);
    if (!inner || !inner->op->is_view()) return true;
    // A view of a view, as long as the shape says all.
    if (!rewriter_.value(node.inputs[1]).constant && !rewriter_.type(out).dims.is_static()) return true;
    node.inputs[0] = inner->inputs[0];
    return rewriter_.same_dims(node.inputs[0], out) ? hand_on(node, node.inputs[0]) : true;
  }

  static std::vector<int64_t> permutation(const Node& node, int rank) {
    const AttrValue& attr = (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index("perm"))];
    std::vector<int64_t> perm;
    for (int i = 0; i < rank; ++i) {
      int64_t axis = attr.kind == TG_ATTR_NONE ? rank - 1 - i : attr.ints[static_cast<size_t>(i)];
      perm.push_back(axis < 0 ? axis + rank : axis);
    }
    return perm;
  }

  bool change_transpose(Node& node) {
    const int x = node.inputs[0];
    const int rank = rewriter_.type(x).dims.known_rank() ? rewriter_.type(x).dims.rank() : -1;
    if (rank < 0) return true;
    std::vector<int64_t> perm = permutation(node, rank);
    int source = x;
    if (const Node* inner = rewriter_.maker(x, "transpose")) {
      std::vector<int64_t> before = permutation(*inner, rank);
      for (int64_t& axis : perm) axis = before[static_cast<size_t>(axis)];
      source = inner->inputs[0];
    }
    bool same = true;
    for (int i = 0; i < rank; ++i) same = same && perm[static_cast<size_t>(i)] == i;
    if (same) return hand_on(node, source);
    if (source == x) return true;
    auto attrs = std::make_shared<Attrs>(*node.attrs);
    AttrValue& attr = (*attrs)[static_cast<size_t>(node.op->schema.attr_index("perm"))];
    attr.kind = TG_ATTR_INTS;
    attr.ints = std::move(perm);
    node.attrs = std::move(attrs);
    node.inputs[0] = source;
    return true;
  }

  // Elementwise ops repeat elements themselves, where the other argument still has the full shape.
  void shorten_broadcasts(Node& node) {
    if (is_alike(node)) return;
    for (size_t k = 0; k < 2; ++k)
      while (rewriter_.same_dims(node.inputs[1 - k], node.outputs[0]) && shorten_broadcast(node, k)) {
      }
  }

  bool shorten_broadcast(Node& node, size_t k) {
    const Node* inner = rewriter_.maker(node.inputs[k]);
    if (!inner) return false;
    if (const Node* repeated = one_number_repeated(*inner, rewriter_.type(node.outputs[0]).dims.rank()))
      inner = repeated;
    const std::string& op = inner->op->name;
    if (op == "broadcast_like" || op == "broadcast_to") {
      node.inputs[k] = inner->inputs[0];
    } else if (op == "fill") {
      node.inputs[k] = inner->inputs[1];
    } else if (op == "zeros_like" || op == "ones_like") {
      const int dtype = rewriter_.type(node.inputs[k]).dtype;
      if (dtype_size(dtype) == 0 || dtype == TG_STRING) return false;
      node.inputs[k] = rewriter_.add_constant(number(dtype, op == "ones_like" ? 1.0 : 0.0), node);
    } else {
      return false;
    }
    return true;
  }

  // Behind views, what repeats one number: all elements of its views are that number, too.
  const Node* one_number_repeated(const Node& view, int rank) const {
    const Node* inner = &view;
    while (inner && inner->op->is_view()) inner = rewriter_.maker(inner->inputs[0]);
    if (!inner || inner == &view || (inner->op->name != "broadcast_like" && inner->op->name != "broadcast_to"))
      return nullptr;
    const Dims& dims = rewriter_.type(inner->inputs[0]).dims;
    return dims.is_static() && dims.num_elements() == 1 && dims.rank() <= rank ? inner : nullptr;
  }

  // Gradients of activations do not broadcast.
  static bool is_alike(const Node& node) {
    const std::string& op = node.op->name;
    return op.size() > 5 && op.compare(op.size() - 5, 5, "_grad") == 0;
  }

  static TensorRef number(int dtype, double value, const Dims& dims = {}) {
    TensorRef tensor = new_tensor(dtype, dims);
    throw_status(api().dtype->convert(TG_FLOAT64, dtype, &value, tensor->data(), 1), "constant");
    return tensor;
  }

  // Whether an argument can stand for the result: dtype and shape are the same.
  bool stands(const Node& node, size_t k) const {
    return rewriter_.same_dims(node.inputs[k], node.outputs[0]) &&
           rewriter_.type(node.inputs[k]).dtype == rewriter_.type(node.outputs[0]).dtype;
  }

  bool change_binary(Node& node) {
    const std::string& op = node.op->name;
    const int dtype = rewriter_.type(node.inputs[0]).dtype;
    double number_x = 0, number_y = 0;
    const bool know_x = rewriter_.uniform(node.inputs[0], &number_x), know_y = rewriter_.uniform(node.inputs[1], &number_y);
    // x + 0.0 makes 0.0 of -0.0; adding -0.0 changes nothing.
    auto is_nothing = [&](double value) { return value == 0 && (!is_float(dtype) || std::signbit(value)); };
    if (op == "multiply") {
      if (know_y && number_y == 1 && stands(node, 0)) return hand_on(node, node.inputs[0]);
      if (know_x && number_x == 1 && stands(node, 1)) return hand_on(node, node.inputs[1]);
    } else if (op == "add") {
      if (know_y && is_nothing(number_y) && stands(node, 0)) return hand_on(node, node.inputs[0]);
      if (know_x && is_nothing(number_x) && stands(node, 1)) return hand_on(node, node.inputs[1]);
      if (const Node* negated = negative_of(node.inputs[1])) {
        become(node, "subtract", {node.inputs[0], negated->inputs[0]});
      } else if (const Node* first = negative_of(node.inputs[0])) {
        become(node, "subtract", {node.inputs[1], first->inputs[0]});
      }
    } else if (op == "subtract") {
      if (know_y && number_y == 0 && !(is_float(dtype) && std::signbit(number_y)) && stands(node, 0))
        return hand_on(node, node.inputs[0]);
      if (const Node* negated = negative_of(node.inputs[1])) become(node, "add", {node.inputs[0], negated->inputs[0]});
    } else if (op == "divide") {
      if (know_y && number_y == 1 && stands(node, 0)) return hand_on(node, node.inputs[0]);
      divide_by_power_of_two(node, dtype, know_y, number_y);
    } else if (op == "pow") {
      if (know_y && number_y == 1 && stands(node, 0)) return hand_on(node, node.inputs[0]);
      if (know_y && number_y == 2 && (dtype == TG_FLOAT32 || dtype == TG_FLOAT64) && stands(node, 0) &&
          rewriter_.value(node.inputs[1]).constant->dims.num_elements() == 1)
        become(node, "square", {node.inputs[0]});
    }
    return true;
  }

  // Floats only: the least integer is its own negative.
  const Node* negative_of(int value) const {
    return is_float(rewriter_.type(value).dtype) ? rewriter_.maker(value, "negative") : nullptr;
  }

  static void become(Node& node, const char* op, std::vector<int> inputs) {
    node.op = find_op(op);
    node.attrs = resolve_attrs(*node.op, nullptr, 0);
    node.inputs = std::move(inputs);
  }

  // 1 / 2^n is exact, and so is multiplying by it as division would be.
  void divide_by_power_of_two(Node& node, int dtype, bool known, double divisor) {
    if (!known || (dtype != TG_FLOAT32 && dtype != TG_FLOAT64) || !stands(node, 0)) return;
    int exponent = 0;
    if (std::fabs(std::frexp(divisor, &exponent)) != 0.5 || std::abs(exponent) > 100) return;
    become(node, "multiply", {node.inputs[0], rewriter_.add_constant(number(dtype, 1.0 / divisor), node)});
  }

  Rewriter rewriter_;
  std::vector<int> inputs_;  // tensors that the function is called with
};

}  // namespace

void simplify(tg_graph* graph) { Simplifier(graph).run(); }

}  // namespace tg
