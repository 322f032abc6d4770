// What watches kernels: a check of their results for NaN and infinity, and the profiler's records.
#ifndef TENSEGRA_RUNTIME_WATCH_H_
#define TENSEGRA_RUNTIME_WATCH_H_

#include <atomic>
#include <functional>

#include "runtime/kernel_call.h"
#include "tensegra/c/profiler.h"

namespace tg {

// Bits of what watches now; 0 almost always, and then a kernel pays one load.
enum : int { kWatchNumerics = 1, kWatchTime = 2 };
extern std::atomic<int> watching;

// Runs the kernel under watch.
void run_watched(KernelCall& call, const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs,
                 Slot** outputs, const std::function<void()>& kernel);

void start_profile(size_t max_records);  // throws TG-0710
// Throws TG-0710; returns how many records there were beyond the most.
size_t stop_profile(const std::function<void(const tg_kernel_record&)>& take);
void set_check_numerics(bool enabled);

// Kernels that run on this thread while it lives belong to a plan.
class InGraph {
 public:
  InGraph();
  ~InGraph();
  InGraph(const InGraph&) = delete;
};

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_WATCH_H_
