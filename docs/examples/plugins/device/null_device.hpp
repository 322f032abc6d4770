// A device that is all interface: memory of its own, a queue that works in order, a few ops of float32, whole graphs.
// What it computes with is the host, so it is as fast as a loop; what it shows is how a device is written.
#ifndef NULL_DEVICE_HPP_
#define NULL_DEVICE_HPP_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "tensegra/c/tensegra.h"

namespace null_device {

extern const tg_api* api;  // given to tg_plugin_init

// ---- memory (null_memory.cc)

// Addresses of the device are those of the host, moved by 2^62: nobody but the device can follow them.
void* to_device(void* host);
void* to_host(const void* device);

tg_status* allocate(void*, int32_t ordinal, size_t bytes, void** out);
void deallocate(void*, int32_t ordinal, void* data, size_t bytes);
tg_status* copy_from_host(void*, int32_t ordinal, const void* host, void* device, size_t bytes, tg_event** done);
tg_status* copy_to_host(void*, int32_t ordinal, const void* device, void* host, size_t bytes, tg_event** done);

// ---- the queue: work is done in the order in which it came

// Queues work that reads what the events announce; where one of them has failed, so does this. The caller owns *done.
tg_status* enqueue(int32_t ordinal, std::vector<tg_event*> reads, std::function<void()> work, tg_event** done);
constexpr int32_t kOrdinals = 2;

// ---- ops (null_ops.cc)

// An array in the memory of the device; what was queued keeps it, since descriptors end with the callback.
struct Array {
  float* data = nullptr;  // as the host sees it
  std::vector<int64_t> dims;
  int64_t count() const {
    int64_t product = 1;
    for (int64_t size : dims) product *= size;
    return product;
  }
};
Array array_of(const tg_tensor_desc& desc);

// inputs and output have the same element type; output.dims are broadcast from those of the inputs.
using Kernel = void (*)(const std::vector<Array>& inputs, const Array& output);
Kernel find_kernel(const char* op);  // nullptr: not one of the device's

int32_t supports(void*, const tg_op* op, const int32_t* dtypes, size_t num_inputs);
tg_status* execute(void*, int32_t ordinal, const tg_op* op, tg_op_context* context, tg_event** done);

// ---- graphs (null_graph.cc)

tg_status* compile(void*, int32_t ordinal, tg_function* function, void** executable);
tg_status* run(void*, int32_t ordinal, void* executable, const tg_tensor_desc* inputs, size_t num_inputs,
               const tg_tensor_desc* outputs, size_t num_outputs, tg_event** done);
void destroy_executable(void*, void* executable);

}  // namespace null_device

#endif  // NULL_DEVICE_HPP_
