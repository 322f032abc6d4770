#include "capi/capi.h"
#include "runtime/watch.h"

namespace tg::capi {
namespace {

tg_status* start(size_t max_records) {
  return guard([&] { start_profile(max_records); });
}

tg_status* stop(tg_record_fn function, void* context, size_t* dropped) {
  return guard([&] {
    require(reinterpret_cast<const void*>(function), "function");
    size_t beyond = stop_profile([&](const tg_kernel_record& record) { function(context, &record); });
    if (dropped) *dropped = beyond;
  });
}

void set_check(int32_t enabled) { set_check_numerics(enabled != 0); }
int32_t checks() { return (watching.load() & kWatchNumerics) != 0; }

}  // namespace

const tg_profiler_api profiler_api = {sizeof(tg_profiler_api), start, stop, set_check, checks};

}  // namespace tg::capi
