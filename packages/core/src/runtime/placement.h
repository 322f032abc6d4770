// Where ops and functions run when there are devices besides the host.
//
// An op runs where the thread (tg.device) or its node says, else on the device of its first input that lies on one, else
// on the host. Inputs that lie elsewhere are copied. What a device does not support falls back: a composite to its
// parts, anything else to the host, with one warning for each op; the results are copied back to the device.
#ifndef TENSEGRA_RUNTIME_PLACEMENT_H_
#define TENSEGRA_RUNTIME_PLACEMENT_H_

#include <list>
#include <memory>
#include <mutex>

#include "runtime/plan.h"

namespace tg {

enum class Placed {
  kNot,      // nothing to do with devices: the host runs it as ever
  kWhole,    // it ran; outputs are set
  kByParts,  // its composition ran, which tapes have recorded
};

// Runs an eager call where it belongs. Call it only where devices_present().
Placed execute_placed(const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs, size_t num_inputs,
                      TensorRef* outputs);

// A function's graph, cut into what devices run at once and what runs node by node; kept for each plan and device.
class PlacedPlans {
 public:
  ~PlacedPlans();
  // Whether a run with these inputs (arguments, then captures) has to do with devices.
  static bool concerns(const tg_graph& graph, const std::vector<TensorRef>& inputs);
  std::vector<TensorRef> run(const tg_graph& graph, std::shared_ptr<const Plan> plan,
                             const std::vector<TensorRef>& inputs);

 private:
  struct Entry;
  std::shared_ptr<Entry> get(const tg_graph& graph, std::shared_ptr<const Plan> plan, tg_device* device);

  static constexpr size_t kCapacity = 32;
  void check_whole();
  Mutex mutex_;
  std::list<std::shared_ptr<Entry>> entries_;  // most recent first
};

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_PLACEMENT_H_
