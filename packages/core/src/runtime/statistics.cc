#include "runtime/statistics.h"

#include <algorithm>

#include "base/status.h"
#include "schema/op_context.h"

namespace tg {
namespace {

class CostCall final : public tg_op_context {
 public:
  CostCall(const Node& node, const Plan& plan) : tg_op_context(*node.op, *node.attrs), node_(node), plan_(plan) {}
  size_t num_inputs() const override { return node_.inputs.size(); }
  size_t num_outputs() const override { return node_.outputs.size(); }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, num_inputs());
    const TensorType& type = plan_.values[static_cast<size_t>(node_.inputs[index])].type;
    size_t size = desc->struct_size;
    *desc = tg_tensor_desc{};
    desc->struct_size = size;
    desc->dtype = type.dtype;
    desc->rank = type.dims.rank();
    desc->dims = type.dims.data();
  }
  void set_cost(double operations, double) override { operations_ = operations; }
  double operations() const { return operations_; }

 private:
  const Node& node_;
  const Plan& plan_;
  double operations_ = -1;
};

double bytes_of(const TensorType& type) {
  if (!type.dims.is_static() || dtype_size(type.dtype) == 0) return 0;
  return static_cast<double>(dense_bytes(type.dtype, type.dims.num_elements()));
}

// One for each element that it writes or, where it makes many into one, reads; nothing for what only moves them.
double usual_operations(const Node& node, const Plan& plan) {
  if (node.op->def.fusion != TG_FUSION_ELEMENTWISE && node.op->def.fusion != TG_FUSION_REDUCTION) return 0;
  double most = 0;
  auto count = [&](int value) {
    const Dims& dims = plan.values[static_cast<size_t>(value)].type.dims;
    if (dims.is_static()) most = std::max(most, static_cast<double>(dims.num_elements()));
  };
  for (int input : node.inputs) count(input);
  for (int output : node.outputs) count(output);
  return most;
}

}  // namespace

GraphStatistics statistics_of(const tg_graph& graph, const Plan& plan) {
  GraphStatistics total;
  total.num_nodes = graph.nodes.size();
  total.num_instructions = plan.instructions.size();
  total.arena_bytes = plan.arena_bytes;
  total.peak_bytes = plan.peak_bytes;
  for (const Instruction& instruction : plan.instructions) {
    const Node& node = *instruction.node;
    if (node.op->is_view()) continue;
    for (int input : node.inputs) total.bytes += bytes_of(plan.values[static_cast<size_t>(input)].type);
    for (int output : node.outputs) total.bytes += bytes_of(plan.values[static_cast<size_t>(output)].type);
    double operations = -1;
    if (node.op->def.cost) {
      CostCall cost(node, plan);
      if (tg_status* failed = node.op->def.cost(&cost)) destroy_status(failed);
      operations = cost.operations();
    }
    total.operations += operations >= 0 ? operations : usual_operations(node, plan);
  }
  return total;
}

}  // namespace tg
