#include "autodiff/gradient_call.h"

#include "autodiff/tape.h"
#include "base/status.h"
#include "graph/graph.h"
#include "schema/infer.h"
#include "tensegra/call.hpp"

namespace tg {
namespace {

class GradientCall final : public tg_op_context {
 public:
  GradientCall(ForwardCall& call, const TensorRef* output_gradients, const bool* needed, TensorRef* input_gradients)
      : tg_op_context(call.op, *call.attrs),
        call_(call),
        output_gradients_(output_gradients),
        needed_(needed),
        input_gradients_(input_gradients) {}

  size_t num_inputs() const override { return call_.num_inputs; }
  size_t num_outputs() const override { return call_.num_outputs; }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, call_.num_inputs);
    const Dims& dims = call_.input_dims(index);
    desc->data = nullptr;
    desc->dtype = call_.input_dtype(index);
    desc->dims = dims.data();
    desc->rank = dims.rank();
  }
  TensorRef input_tensor(size_t index) override {
    check_index(index, call_.num_inputs);
    return call_.input(index);
  }
  TensorRef output_tensor(size_t index) override {
    check_index(index, call_.num_outputs);
    return call_.output(index);
  }
  TensorRef output_gradient(size_t index) override {
    check_index(index, call_.num_outputs);
    return output_gradients_[index];
  }
  bool needs_gradient(size_t index) override { return index < call_.num_inputs && needed_[index]; }
  void set_input_gradient(size_t index, tg_tensor* gradient) override {
    check_index(index, call_.num_inputs);
    input_gradients_[index] = TensorRef::share(gradient);
  }

 private:
  ForwardCall& call_;
  const TensorRef* output_gradients_;
  const bool* needed_;
  TensorRef* input_gradients_;
};

TensorRef call_binary(const char* name, const TensorRef& x, const TensorRef* y) {
  const tg_op* op = op_named(name);
  tg_tensor* inputs[2] = {x.get(), y ? y->get() : nullptr};
  tg_tensor* out = nullptr;
  size_t count = 1;
  throw_status(api().eager->execute(op, inputs, y ? 2 : 1, nullptr, 0, &out, &count));
  return TensorRef::adopt(out);
}

}  // namespace

Error no_gradient(const tg_op& op) {
  return Error(TG_UNIMPLEMENTED, "TG-0113",
               "[" + op.name + "] a gradient can only flow through ops that have a gradient function. Received: op=" +
                   op.name + ", which has none");
}

void call_gradient(ForwardCall& call, const TensorRef* output_gradients, const bool* needed,
                   TensorRef* input_gradients) {
  if (!call.op.def.gradient) throw no_gradient(call.op);
  GradientCall gradient(call, output_gradients, needed, input_gradients);
  if (tg_status* failed = call.op.def.gradient(&gradient)) throw_status(failed, (call.op.name + " gradient").c_str());
}

namespace {

// Where a value of the graph being traced is zeros with sums put into some of its places: those sums are put into
// `base`
// instead, so that a loop that reads one element at a time does not add whole arrays. Null where it is not.
TensorRef put_into(const TensorRef& base, const TensorRef& sparse, int depth = 0) {
  tg_graph* graph = current_graph();
  if (!graph || sparse->graph_id != graph->id || depth > 64) return nullptr;
  int made_by = graph->values[static_cast<size_t>(sparse->value)].node;
  if (made_by < 0) return nullptr;
  const Node& node = graph->nodes[static_cast<size_t>(made_by)];
  if (node.op->name == "zeros_like") return base;
  if (node.op->name != "array_add") return nullptr;
  auto value = [graph](int number) {
    const TensorType& type = graph->values[static_cast<size_t>(number)].type;
    return new_symbolic(graph->id, number, type.dtype, type.dims);
  };
  const tg_op* op = node.op;
  TensorRef index = value(node.inputs[1]), sum = value(node.inputs[2]);
  TensorRef into = put_into(base, value(node.inputs[0]), depth + 1);
  if (!into) return nullptr;
  tg_tensor* inputs[3] = {into.get(), index.get(), sum.get()};
  tg_tensor* out = nullptr;
  size_t count = 1;
  throw_status(api().eager->execute(op, inputs, 3, nullptr, 0, &out, &count));
  return TensorRef::adopt(out);
}

bool is_array_add(const TensorRef& x) {
  tg_graph* graph = current_graph();
  if (!graph || x->graph_id != graph->id) return false;
  int made_by = graph->values[static_cast<size_t>(x->value)].node;
  return made_by >= 0 && graph->nodes[static_cast<size_t>(made_by)].op->name == "array_add";
}

}  // namespace

TensorRef add_gradients(const TensorRef& x, const TensorRef& y) {
  // A tape knows values by their tensors, which are not those of the graph's nodes.
  if (any_tape_records()) return call_binary("add", x, &y);
  if (is_array_add(y))
    if (TensorRef sum = put_into(x, y)) return sum;
  if (is_array_add(x))
    if (TensorRef sum = put_into(y, x)) return sum;
  return call_binary("add", x, &y);
}
TensorRef call_unary(const char* op, const TensorRef& x) { return call_binary(op, x, nullptr); }

}  // namespace tg
