#include "tensegra/c/tensegra.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "capi/capi.h"
#include "device/device.h"
#include "tensegra/op.hpp"

namespace {

const tg_api kApi = {sizeof(tg_api),
                     TG_ABI_MAJOR,
                     TG_ABI_MINOR,
                     TG_RELEASE,
                     &tg::capi::status_api,
                     &tg::capi::dtype_api,
                     &tg::capi::event_api,
                     &tg::capi::tensor_api,
                     &tg::capi::resource_api,
                     &tg::capi::op_api,
                     &tg::capi::eager_api,
                     &tg::capi::tape_api,
                     &tg::capi::graph_api,
                     &tg::capi::function_api,
                     &tg::capi::model_api,
                     &tg::capi::device_api,
                     &tg::capi::plugin_api,
                     &tg::capi::profiler_api};

// Core's own ops and the CPU go through the same doors as everybody's.
void register_own() {
  try {
    tg::register_pending_ops(kApi);
    tg::register_device(tg::cpu_device_def());
  } catch (const tg::Error& error) {
    std::fprintf(stderr, "tensegra: an op of core itself is wrong: %s (%s)\n", error.what(),
                 error.error_code().c_str());
    std::abort();
  }
}

}  // namespace

const tg_api* tg_get_api(int32_t major) {
  if (major == TG_PASSES_API) return reinterpret_cast<const tg_api*>(&tg::capi::passes_api);
  if (major != TG_ABI_MAJOR) return nullptr;
  // Registration calls back in here, through tg::api(): the flag lets it pass.
  static std::once_flag once;
  thread_local bool registering = false;
  if (!registering) {
    registering = true;
    std::call_once(once, register_own);
    registering = false;
  }
  return &kApi;
}
