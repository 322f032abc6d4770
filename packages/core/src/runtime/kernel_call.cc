#include "runtime/kernel_call.h"

#include <algorithm>

#include "base/allocator.h"
#include "base/thread_pool.h"
#include "runtime/watch.h"
#include "tensor/device_memory.h"

namespace tg {
namespace {

void fill(const Slot& slot, tg_tensor_desc* desc) {
  desc->data = slot.data;
  desc->dims = slot.dims.data();
  desc->strides = nullptr;
  desc->byte_offset = 0;
  desc->device = nullptr;
  desc->ready = nullptr;
  desc->dtype = slot.dtype;
  desc->rank = slot.dims.rank();
  desc->memory_kind = TG_MEMORY_HOST;
  desc->reserved = 0;
}

// Without elements, but with so many rows, say, that a loop over them would not end: (2^62, 0).
bool is_vast_and_empty(const Dims& dims) {
  bool empty = false;
  int64_t rest = 1;
  for (int64_t size : dims) {
    empty = empty || size == 0;
    if (size > 0 && __builtin_mul_overflow(rest, size, &rest)) rest = INT64_MAX;
    rest = std::min(rest, int64_t{1} << 40);
  }
  return empty && dims.is_static() && rest > (int64_t{1} << 32);
}

}  // namespace

KernelCall::~KernelCall() {
  for (const auto& [data, bytes] : scratch_) deallocate(data, bytes);
}

void KernelCall::run() {
  ScopedFlushDenormals flush;
  const auto kernel = [this] { throw_status(op.def.kernel(this), op.name.c_str()); };
  bool nothing = op.def.effects == TG_EFFECT_NONE && num_outputs() > 0;
  for (size_t i = 0; nothing && i < num_outputs(); ++i) nothing = is_vast_and_empty(outputs_[i]->dims);
  if (nothing)
    ;  // the outputs are made below
  else if (watching.load(std::memory_order_relaxed) == 0)
    kernel();
  else
    run_watched(*this, op, attrs, inputs_, num_inputs_, outputs_, kernel);
  for (size_t i = 0; i < num_outputs(); ++i) {
    Slot& slot = *outputs_[i];
    if (slot.data || (slot.tensor && slot.tensor->resource)) continue;
    // Nothing to write is the one good reason not to ask for the memory.
    if (!nothing && slot.dims.num_elements() != 0) throw internal_error("[" + op.name + "] its kernel left an output unset");
    const int64_t none[1] = {0};
    slot.set(slot.dtype == TG_STRING ? new_string_tensor(slot.dims, none, nullptr) : new_tensor(slot.dtype, slot.dims));
  }
}

void KernelCall::input(size_t index, tg_tensor_desc* desc) {
  check_index(index, num_inputs_);
  fill(*inputs_[index], desc);
}

void KernelCall::set_output_type(size_t index, int dtype, const Dims& dims) {
  check_index(index, num_outputs());
  const Slot& place = *outputs_[index];
  if (place.data && place.dtype == dtype && place.dims == dims) return;  // inference knew it: already there
  outputs_[index]->set(new_tensor(dtype, dims));
}

void KernelCall::output(size_t index, tg_tensor_desc* desc) {
  check_index(index, num_outputs());
  Slot& slot = *outputs_[index];
  if (!slot.data) {
    if (!slot.dims.is_static()) throw internal_error("the output's type must be set before it is written");
    // Strings have no place to write to: a kernel makes the tensor, and asks here for the shape alone.
    if (slot.dtype == TG_STRING) return fill(slot, desc);
    slot.set(new_tensor(slot.dtype, slot.dims));
  }
  fill(slot, desc);
}

void* KernelCall::scratch(size_t bytes) {
  Scratch& made = scratch_.emplace_back(nullptr, bytes);
  return made.data = allocate(bytes);
}

TensorRef KernelCall::input_tensor(size_t index) {
  check_index(index, num_inputs_);
  Slot& slot = *inputs_[index];
  if (!slot.tensor) {
    // The arena is reused: what outlives the run is copied out.
    TensorRef copy = new_tensor_copy(slot.dtype, slot.dims, slot.data,
                                     dense_bytes(slot.dtype, slot.dims.num_elements()));
    return copy;
  }
  return slot.tensor;
}

bool KernelCall::may_overwrite(size_t index) const {
  const Slot& slot = *inputs_[index];
  return index < 64 && (dying_ >> index & 1) && slot.tensor && slot.tensor->buffer && slot.tensor.get()->unique() &&
         slot.tensor->buffer->unique();
}

void KernelCall::set_output_tensor(size_t index, tg_tensor* tensor) {
  check_index(index, num_outputs());
  // A result is a tensor of its own, also where the kernel hands one on: tapes tell values apart by identity.
  TensorRef here = to_host(tensor);
  outputs_[index]->set(here->resource ? here : new_view(here.get(), here->dims));
}

}  // namespace tg
