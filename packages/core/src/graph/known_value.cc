#include "graph/known_value.h"

#include "base/status.h"
#include "tensor/device_memory.h"

namespace tg {
namespace {

// The ops whose result is a fact about the shape of their input.
bool is_shape_query(const tg_op& op) { return op.name == "shape" || op.name == "size" || op.name == "rank"; }

TensorRef integers(int dtype, const Dims& dims, const std::vector<int64_t>& values) {
  if (dtype == TG_INT64) return new_tensor_copy(dtype, dims, values.data(), values.size() * sizeof(int64_t));
  std::vector<int32_t> narrow(values.begin(), values.end());
  return new_tensor_copy(TG_INT32, dims, narrow.data(), narrow.size() * sizeof(int32_t));
}

TensorRef shape_query(const tg_op& op, const Dims& dims, int dtype) {
  if (op.name == "rank") return dims.known_rank() ? integers(dtype, {}, {dims.rank()}) : nullptr;
  if (!dims.is_static()) return nullptr;
  if (op.name == "size") return integers(dtype, {}, {dims.num_elements()});
  return integers(dtype, {dims.rank()}, std::vector<int64_t>(dims.begin(), dims.end()));
}

}  // namespace

TensorRef known_value(const tg_op& op, const Attrs& attrs, const InferInput* inputs, size_t num_inputs,
                      const TensorType& output) {
  if (op.schema.num_outputs != 1 || op.def.effects != TG_EFFECT_NONE) return nullptr;
  if (op.name == "constant") return attrs[static_cast<size_t>(op.schema.attr_index("value"))].tensor;
  if (num_inputs == 0) return nullptr;
  if (is_shape_query(op)) return shape_query(op, *inputs[0].dims, output.dtype);
  if (!output.dims.is_static() || output.dims.num_elements() > kSmallConstant) return nullptr;
  std::vector<tg_tensor*> values;
  for (size_t i = 0; i < num_inputs; ++i) {
    if (!inputs[i].value) return nullptr;
    values.push_back(const_cast<tg_tensor*>(inputs[i].value));
  }
  std::vector<tg_attr> views(attrs.size());
  for (size_t k = 0; k < attrs.size(); ++k) attrs[k].view(op.schema.attrs[k].name.c_str(), &views[k]);
  tg_tensor* result = nullptr;
  size_t count = 1;
  ScopedDevice host(nullptr);
  enter_graph(nullptr);
  api().tape->pause_all();
  tg_status* status =
      api().eager->execute(&op, values.data(), values.size(), views.data(), views.size(), &result, &count);
  api().tape->resume_all();
  leave_graph();
  throw_status(status, op.name.c_str());
  return TensorRef::adopt(result);
}

}  // namespace tg
