// The tables of the C ABI. This folder is the only place that turns exceptions into statuses.
#ifndef TENSEGRA_CAPI_CAPI_H_
#define TENSEGRA_CAPI_CAPI_H_

#include <string>

#include "base/status.h"
#include "tensegra/c/passes.h"
#include "tensegra/c/tensegra.h"
#include "tensor/tensor.h"

namespace tg::capi {

extern const tg_status_api status_api;
extern const tg_dtype_api dtype_api;
extern const tg_event_api event_api;
extern const tg_tensor_api tensor_api;
extern const tg_resource_api resource_api;
extern const tg_op_api op_api;
extern const tg_eager_api eager_api;
extern const tg_tape_api tape_api;
extern const tg_graph_api graph_api;
extern const tg_function_api function_api;
extern const tg_model_api model_api;
extern const tg_device_api device_api;
extern const tg_plugin_api plugin_api;
extern const tg_profiler_api profiler_api;
extern const tg_passes_api passes_api;

// Checks at each C entry: TG-0504.
inline void require(const void* pointer, const char* what) {
  if (pointer == nullptr) throw invalid_argument("TG-0504", std::string(what) + " must not be NULL", "NULL");
}
template <class T>
void require_struct(const T* value, size_t least, const char* what) {
  require(value, what);
  if (value->struct_size < least || value->struct_size > sizeof(T))
    throw invalid_argument("TG-0504", std::string("struct_size of ") + what + " must be one that this version knows",
                           "struct_size=" + std::to_string(value->struct_size));
}
// Attributes as they are given to a call: named, and pointing at what their kind needs.
inline void require_attr(const tg_attr& attr) {
  require_struct(&attr, sizeof(tg_attr), "tg_attr");
  require(attr.name, "the name of an attribute");
  if (attr.kind == TG_ATTR_STRING && attr.count) require(attr.s, "s of a string attribute");
  if (attr.kind == TG_ATTR_INTS && attr.count) require(attr.ints, "ints of an attribute");
  if (attr.kind == TG_ATTR_FLOATS && attr.count) require(attr.floats, "floats of an attribute");
  if (attr.kind == TG_ATTR_TENSOR) require(attr.tensor, "tensor of an attribute");
  if (attr.kind == TG_ATTR_FUNCTION) require(attr.function, "function of an attribute");
}
inline Dims dims_from_c(int32_t rank, const int64_t* dims) {
  if (rank > 0) require(dims, "dims");
  return rank < 0 ? Dims::unknown_rank() : Dims(dims, rank);
}
inline std::vector<TensorRef> tensors_from_c(tg_tensor* const* tensors, size_t count, bool null_ok = false) {
  if (count) require(tensors, "tensors");
  std::vector<TensorRef> list;
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (!null_ok) require(tensors[i], "a tensor");
    list.push_back(TensorRef::share(tensors[i]));
  }
  return list;
}

}  // namespace tg::capi

#endif  // TENSEGRA_CAPI_CAPI_H_
