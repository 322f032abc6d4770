// Normalization by given moments becomes a multiplication and an addition for each channel, which products and
// convolutions take along.
// Before: a valid graph. After: the same results but for rounding; no batch normalization with given moments of float32
// whose channels come last is left, where nobody reads its moments.
#include "base/status.h"
#include "passes/pass.h"
#include "passes/rewriter.h"

namespace tg {
namespace {

class Folder {
 public:
  explicit Folder(tg_graph* graph) : rewriter_(graph), read_(graph->values.size()) {
    for (const Node& node : graph->nodes)
      for (int input : node.inputs) read_[input] = true;
    for (int output : graph->outputs) read_[output] = true;
  }
  void run() {
    rewriter_.run([this](Node& node) { return change(node); });
  }

 private:
  bool change(Node& node) {
    if (node.op->name != "fused_batch_norm" || node.device) return true;
    auto attr = [&](const char* name) -> const AttrValue& {
      return (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index(name))];
    };
    const std::string format = attr("data_format").s;
    const TensorType x = rewriter_.type(node.inputs[0]);
    if (attr("is_training").i != 0 || format.empty() || format.back() != 'C' || x.dtype != TG_FLOAT32 ||
        read_[node.outputs[1]] || read_[node.outputs[2]])
      return true;
    const Dims scale = rewriter_.type(node.inputs[1]).dims;
    if (!x.dims.known_rank() || !scale.is_static() || scale.rank() != 1 || x.dims[x.dims.rank() - 1] != scale[0]) return true;
    TensorRef epsilon = new_tensor(TG_FLOAT32, {});
    *reinterpret_cast<float*>(epsilon->data()) = static_cast<float>(attr("epsilon").f);
    auto add = [&](const char* op, std::vector<int> inputs) { return rewriter_.add(op, nullptr, std::move(inputs), node); };
    const int variance = add("add", {node.inputs[4], rewriter_.add_constant(std::move(epsilon), node)});
    const int factor = add("divide", {node.inputs[1], add("sqrt", {variance})});
    const int shift = add("subtract", {node.inputs[2], add("multiply", {node.inputs[3], factor})});
    const int scaled = add("multiply", {node.inputs[0], factor});
    return rewriter_.replace(node.outputs[0], add("add", {scaled, shift}));
  }

  Rewriter rewriter_;
  std::vector<bool> read_;
};

}  // namespace

void fold_batch_norm(tg_graph* graph) { Folder(graph).run(); }

}  // namespace tg
