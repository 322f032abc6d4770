// Replaces nodes whose value is known before running by constants.
// Before: a valid graph whose values carry what inference knew. After: the same results; no node computes from
// constants alone where the result is small.
#include "base/status.h"
#include "passes/pass.h"

namespace tg {

void fold_constants(tg_graph* graph) {
  const tg_op* constant = find_op("constant");
  const size_t position = static_cast<size_t>(constant->schema.attr_index("value"));
  for (Node& node : graph->nodes) {
    if (node.op == constant || node.outputs.size() != 1 || node.op->schema.list_result || node.op->def.effects != TG_EFFECT_NONE) continue;
    const Value& value = graph->values[node.outputs[0]];
    if (!value.constant) continue;
    auto attrs = std::make_shared<Attrs>(constant->schema.attrs.size());
    (*attrs)[position].kind = TG_ATTR_TENSOR;
    (*attrs)[position].tensor = value.constant;
    node.op = constant;
    node.attrs = std::move(attrs);
    node.inputs.clear();
  }
}

}  // namespace tg
