#include "tensegra/c/eager.h"

#include "base/allocator.h"
#include "base/small_vector.h"
#include "base/thread_pool.h"
#include "capi/capi.h"
#include "runtime/dispatch.h"

namespace tg::capi {
namespace {

tg_status* execute_op(const tg_op* op, tg_tensor* const* inputs, size_t num_inputs, const tg_attr* attrs,
                      size_t num_attrs, tg_tensor** outputs, size_t* num_outputs) {
  return guard([&] {
    require(op, "op");
    require(num_outputs, "num_outputs");
    if (num_attrs) require(attrs, "attrs");
    if (*num_outputs < op->schema.num_outputs)
      throw invalid_argument("TG-0110", "[" + op->name + "] there must be room for every output",
                             "num_outputs=" + std::to_string(*num_outputs));
    if (op->schema.num_outputs) require(outputs, "outputs");
    for (size_t k = 0; k < num_attrs; ++k) require_attr(attrs[k]);
    AttrsRef resolved;
    try {
      resolved = resolve_attrs(*op, attrs, num_attrs);
    } catch (const Error& error) {
      throw Error(error.code(), error.error_code(), "[" + op->name + "] " + error.message());
    }
    if (num_inputs) require(inputs, "inputs");
    for (size_t i = 0; i < num_inputs; ++i) require(inputs[i], "a tensor");
    if (op->schema.list_result) {
      std::vector<TensorRef> results = execute_list(*op, resolved, tensors_from_c(inputs, num_inputs));
      if (results.size() > *num_outputs)
        throw invalid_argument("TG-0110", "[" + op->name + "] there must be room for every output",
                               "num_outputs=" + std::to_string(*num_outputs) + " for " +
                                   std::to_string(results.size()));
      *num_outputs = results.size();
      if (!results.empty()) require(outputs, "outputs");
      for (size_t i = 0; i < results.size(); ++i) outputs[i] = results[i].detach();
      return;
    }
    SmallVector<TensorRef, 2> results(op->schema.num_outputs);
    execute(*op, resolved, inputs, num_inputs, results.data());
    *num_outputs = results.size();
    for (size_t i = 0; i < results.size(); ++i) outputs[i] = results[i].detach();
  });
}

int32_t executing_eagerly() { return current_graph() == nullptr; }
tg_status* set_threads(int32_t count) {
  return guard([&] { set_num_threads(count); });
}
int32_t threads() { return num_threads(); }
void memory(int64_t* current, int64_t* peak, int64_t* cached) {
  MemoryInfo info = memory_info();
  if (current) *current = info.current;
  if (peak) *peak = info.peak;
  if (cached) *cached = info.cached;
}

tg_status* memory_of_host(tg_memory_info* info) {
  return guard([&] {
    require_struct(info, sizeof(tg_memory_info), "tg_memory_info");
    MemoryInfo found = memory_info();
    info->current = found.current;
    info->peak = found.peak;
    info->cached = found.cached;
    info->limit = found.limit;
  });
}
tg_status* set_limit(int64_t bytes) {
  return guard([&] { set_memory_limit(bytes); });
}

}  // namespace

const tg_eager_api eager_api = {sizeof(tg_eager_api), execute_op,         executing_eagerly, set_threads,
                                threads,              memory,             set_long_run_hooks, memory_of_host,
                                reset_memory_peak,    set_limit,          trim_memory};

}  // namespace tg::capi
