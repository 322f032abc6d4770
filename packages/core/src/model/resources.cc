#include "model/resources.h"

#include "graph/graph.h"
#include "model/wire.h"
#include "runtime/dispatch.h"
#include "schema/registry.h"

namespace tg {
namespace {

// State is made now, also where a graph is being traced.
struct Lifted {
  Lifted() { enter_graph(nullptr); }
  ~Lifted() { leave_graph(); }
};

// The attributes of a call: the defaults of the op, and those that are set by name.
struct Call {
  explicit Call(const char* name) : op(*find_op(name)), attrs(std::make_shared<Attrs>()) {
    for (const AttrSchema& schema : op.schema.attrs) attrs->push_back(schema.default_value);
  }
  AttrValue& attr(const char* name, int kind) {
    AttrValue& value = (*attrs)[static_cast<size_t>(op.schema.attr_index(name))];
    value.kind = kind;
    return value;
  }
  TensorRef run(std::vector<tg_tensor*> inputs, bool result) const {
    std::vector<int> dtypes;
    for (tg_tensor* input : inputs) dtypes.push_back(input->dtype);
    check_inputs(op, dtypes.data(), dtypes.size());
    TensorRef output;
    execute(op, attrs, inputs.data(), inputs.size(), result ? &output : nullptr);
    return output;
  }
  const tg_op& op;
  std::shared_ptr<Attrs> attrs;
};

TensorRef random_state(const std::vector<TensorRef>& weights) {
  Call make("random_state");
  make.attr("seed", TG_ATTR_INT).i = 1;
  make.attr("seed2", TG_ATTR_INT).i = 0;
  TensorRef state = make.run({}, true);
  Call("assign_random_state").run({state.get(), weights[0].get()}, false);
  return state;
}

TensorRef table(const std::vector<TensorRef>& weights) {
  const tg_tensor &keys = *weights[0], &values = *weights[1];
  if (keys.dims.rank() != 1 || values.dims.rank() < 1) damaged("Resource.weights", "keys are a vector, values its rows");
  Call make("mutable_table");
  make.attr("key_dtype", TG_ATTR_DTYPE).i = keys.dtype;
  make.attr("value_dtype", TG_ATTR_DTYPE).i = values.dtype;
  AttrValue& shape = make.attr("value_shape", TG_ATTR_INTS);
  for (int k = 1; k < values.dims.rank(); ++k) shape.ints.push_back(values.dims[k]);
  TensorRef made = make.run({}, true);
  Call("table_insert").run({made.get(), weights[0].get(), weights[1].get()}, false);
  return made;
}

}  // namespace

TensorRef make_resource(const ResourceMessage& message, Weights* weights) {
  const bool is_table = message.type == "table";
  if (!is_table && message.type != "random_state") damaged("Resource.type", "'" + message.type + "' is unknown");
  if (message.weights.size() != (is_table ? 2 : 1)) damaged("Resource.weights", "their number is not that of the type");
  std::vector<TensorRef> state;
  for (const std::string& name : message.weights) state.push_back(weights->get(name));
  Lifted lifted;
  try {
    return is_table ? table(state) : random_state(state);
  } catch (const Error& error) {
    if (error.code() != TG_INVALID_ARGUMENT) throw;
    damaged("Resource", "the state of a " + message.type + " is not valid: " + error.message());
  }
}

}  // namespace tg
