#include "runtime/watch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <mutex>
#include <vector>

#include "base/status.h"
#include "tensegra/mutex.hpp"

namespace tg {

std::atomic<int> watching{0};

namespace {

struct Profile {
  // With the lock held: the child of a fork forgets what another thread was writing.
  void check_whole() {
    if (mutex.take_abandoned()) new (&records) std::vector<tg_kernel_record>;
  }
  Mutex mutex;
  std::vector<tg_kernel_record> records;
  size_t most = 0;
  size_t dropped = 0;
};
Profile profile;
thread_local int graphs = 0;

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int64_t thread_number() {
  thread_local const int64_t number = static_cast<int64_t>(syscall(SYS_gettid));
  return number;
}

int64_t bytes_of(Slot** slots, size_t count) {
  int64_t bytes = 0;
  for (size_t i = 0; i < count; ++i) {
    int64_t elements = slots[i]->dims.num_elements();
    if (elements > 0 && slots[i]->dtype != TG_RESOURCE)
      bytes += static_cast<int64_t>(dense_bytes(slots[i]->dtype, elements));
  }
  return bytes;
}

// The number of the op's cost function, or -1.
class CostCall final : public tg_op_context {
 public:
  CostCall(KernelCall& call, const tg_op& op, const Attrs& attrs) : tg_op_context(op, attrs), call_(call) {}
  size_t num_inputs() const override { return call_.num_inputs(); }
  void input(size_t index, tg_tensor_desc* desc) override { call_.input(index, desc); }
  void set_cost(double operations, double) override { operations_ = operations; }
  double operations() const { return operations_; }

 private:
  KernelCall& call_;
  double operations_ = -1;
};

double operations_of(KernelCall& call, const tg_op& op, const Attrs& attrs) {
  if (!op.def.cost) return -1;
  CostCall cost(call, op, attrs);
  // A cost that cannot be told is no reason for the run to fail.
  if (tg_status* status = op.def.cost(&cost)) {
    delete status;
    return -1;
  }
  return cost.operations();
}

// The first element that is NaN or infinite, or -1: the exponent's bits are all ones.
template <class Bits>
int64_t first_not_finite(const char* data, int64_t count, Bits exponent) {
  const Bits* values = reinterpret_cast<const Bits*>(data);
  for (int64_t i = 0; i < count; ++i)
    if ((values[i] & exponent) == exponent) return i;
  return -1;
}

void check_finite(const tg_op& op, const Slot& slot, size_t number) {
  int64_t count = slot.dims.num_elements();
  if (!slot.data || count <= 0) return;
  int64_t place = -1;
  switch (slot.dtype) {
    case TG_FLOAT16:
      place = first_not_finite<uint16_t>(slot.data, count, 0x7c00);
      break;
    case TG_BFLOAT16:
      place = first_not_finite<uint16_t>(slot.data, count, 0x7f80);
      break;
    case TG_FLOAT32:
      place = first_not_finite<uint32_t>(slot.data, count, 0x7f800000u);
      break;
    case TG_COMPLEX64:
      place = first_not_finite<uint32_t>(slot.data, 2 * count, 0x7f800000u);
      break;
    case TG_FLOAT64:
      place = first_not_finite<uint64_t>(slot.data, count, uint64_t{0x7ff} << 52);
      break;
    case TG_COMPLEX128:
      place = first_not_finite<uint64_t>(slot.data, 2 * count, uint64_t{0x7ff} << 52);
      break;
    default:
      return;
  }
  if (place >= 0)
    throw invalid_argument("TG-0711", "[" + op.name + "] while numbers are checked, no result may be NaN or infinite",
                           "result " + std::to_string(number) + " of " + type_text(slot.dtype, slot.dims) +
                               ", element " + std::to_string(place));
}

void record(const tg_kernel_record& made) {
  std::lock_guard<Mutex> lock(profile.mutex);
  profile.check_whole();
  if (!(watching.load() & kWatchTime)) return;  // stopped meanwhile
  if (profile.records.size() < profile.most)
    profile.records.push_back(made);
  else
    ++profile.dropped;
}

}  // namespace

void run_watched(KernelCall& call, const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs,
                 Slot** outputs, const std::function<void()>& kernel) {
  const int bits = watching.load();
  tg_kernel_record made{};
  made.struct_size = sizeof(made);
  made.op = op.name.c_str();
  if (bits & kWatchTime) {
    made.operations = operations_of(call, op, attrs);
    made.bytes = bytes_of(inputs, num_inputs);
  }
  made.start_ns = now_ns();
  kernel();
  made.end_ns = now_ns();
  if (bits & kWatchTime) {
    made.bytes += bytes_of(outputs, op.schema.num_outputs);
    made.thread = thread_number();
    made.in_graph = graphs > 0;
    record(made);
  }
  if (bits & kWatchNumerics)
    for (size_t i = 0; i < op.schema.num_outputs; ++i) check_finite(op, *outputs[i], i);
}

void start_profile(size_t max_records) {
  std::lock_guard<Mutex> lock(profile.mutex);
  profile.check_whole();
  if (watching.load() & kWatchTime)
    throw Error(TG_FAILED_PRECONDITION, "TG-0710", "one profile is recorded at a time: one is being recorded already.");
  profile.records.clear();
  profile.most = max_records;
  profile.dropped = 0;
  watching.fetch_or(kWatchTime);
}

size_t stop_profile(const std::function<void(const tg_kernel_record&)>& take) {
  std::vector<tg_kernel_record> records;
  size_t dropped = 0;
  {
    std::lock_guard<Mutex> lock(profile.mutex);
  profile.check_whole();
    if (!(watching.load() & kWatchTime))
      throw Error(TG_FAILED_PRECONDITION, "TG-0710", "a profile is ended after it was started: none is being recorded.");
    watching.fetch_and(~kWatchTime);
    records.swap(profile.records);
    dropped = profile.dropped;
  }
  for (const tg_kernel_record& made : records) take(made);
  return dropped;
}

void set_check_numerics(bool enabled) {
  if (enabled)
    watching.fetch_or(kWatchNumerics);
  else
    watching.fetch_and(~kWatchNumerics);
}

InGraph::InGraph() { ++graphs; }
InGraph::~InGraph() { --graphs; }

}  // namespace tg
