#include "tensor/tensor.h"

#include <atomic>
#include <cstring>

#include "base/status.h"
#include "tensor/device_memory.h"
#include "tensor/event.h"

namespace tg {

int64_t next_id() {
  // Threads take them by the thousand.
  constexpr int64_t kBlock = 1024;
  static std::atomic<int64_t> counter{1};
  __attribute__((tls_model("initial-exec"))) static thread_local int64_t next = 0, end = 0;
  if (next == end) {
    next = counter.fetch_add(kBlock, std::memory_order_relaxed);
    end = next + kBlock;
  }
  return next++;
}

TensorRef new_tensor_on(Ref<Buffer> buffer, int64_t byte_offset, int dtype, const Dims& dims) {
  TensorRef tensor = make_ref<tg_tensor>();
  tensor->dtype = dtype;
  tensor->dims = dims;
  tensor->buffer = std::move(buffer);
  tensor->byte_offset = byte_offset;
  tensor->id = next_id();
  return tensor;
}

int64_t checked_count(const Dims& dims) {
  int64_t count = 1;
  bool fits = dims.known_rank();
  for (int64_t size : dims) fits = fits && size >= 0 && !__builtin_mul_overflow(count, size, &count);
  if (!fits)
    throw invalid_argument("TG-0109", "sizes must be known, not negative, and their product must fit 63 bits",
                           "shape=" + dims.str());
  return count;
}

TensorRef new_tensor(int dtype, const Dims& dims) {
  if (dtype_size(dtype) == 0 && dtype != TG_INT4) {
    const char* name = dtype_to_name(dtype);
    throw invalid_argument("TG-0102", "this dtype has no dense elements", std::string("dtype=") + (name ? name : "?"));
  }
  return new_tensor_on(make_ref<Buffer>(dense_bytes(dtype, checked_count(dims))), 0, dtype, dims);
}

TensorRef new_tensor_copy(int dtype, const Dims& dims, const void* data, size_t bytes) {
  TensorRef tensor = new_tensor(dtype, dims);
  if (bytes != tensor->buffer->bytes())
    throw invalid_argument("TG-0105", "the data must have exactly the bytes that the shape needs",
                           "bytes=" + std::to_string(bytes) + ", needed=" + std::to_string(tensor->buffer->bytes()));
  if (bytes) std::memcpy(tensor->data(), data, bytes);
  return tensor;
}

TensorRef new_view(tg_tensor* base, const Dims& dims, int64_t extra_offset) {
  TensorRef view = new_tensor_on(base->buffer, base->byte_offset + extra_offset, base->dtype, dims);
  view->resource = base->resource;
  return view;
}

TensorRef new_string_tensor(const Dims& dims, const int64_t* offsets, const char* bytes) {
  int64_t count = checked_count(dims);
  for (int64_t i = 0; i < count; ++i)
    if (offsets[i] < 0 || offsets[i + 1] < offsets[i])
      throw invalid_argument("TG-0117", "string offsets must not fall", "offset=" + std::to_string(offsets[i + 1]));
  int64_t length = offsets[count] - offsets[0];
  size_t header = static_cast<size_t>(count + 1) * sizeof(int64_t);
  Ref<Buffer> buffer = make_ref<Buffer>(header + static_cast<size_t>(length));
  int64_t* out = static_cast<int64_t*>(buffer->data());
  for (int64_t i = 0; i <= count; ++i) out[i] = offsets[i] - offsets[0];
  if (length) std::memcpy(out + count + 1, bytes + offsets[0], static_cast<size_t>(length));
  return new_tensor_on(std::move(buffer), 0, TG_STRING, dims);
}

TensorRef new_symbolic(int64_t graph_id, int value, int dtype, const Dims& dims, int64_t id) {
  int64_t count = 1;
  for (int64_t size : dims)
    if (size > 0 && __builtin_mul_overflow(count, size, &count))
      throw invalid_argument("TG-0109", "the number of elements must fit 63 bits", "shape=" + dims.str());
  TensorRef tensor = make_ref<tg_tensor>();
  tensor->dtype = dtype;
  tensor->dims = dims;
  tensor->graph_id = graph_id;
  tensor->value = value;
  tensor->id = id ? id : next_id();
  return tensor;
}

size_t tensor_bytes(const tg_tensor& tensor) {
  if (!tensor.buffer) return 0;
  if (tensor.dtype == TG_STRING) return tensor.buffer->bytes();
  return dense_bytes(tensor.dtype, tensor.dims.num_elements());
}

void describe(const tg_tensor& tensor, tg_tensor_desc* desc) {
  desc->data = tensor.buffer ? tensor.buffer->data() : nullptr;
  desc->dims = tensor.dims.data();
  desc->strides = nullptr;
  desc->byte_offset = tensor.byte_offset;
  desc->device = tensor.buffer ? tensor.buffer->device() : nullptr;
  desc->ready = desc->device ? static_cast<tg_event*>(tensor.buffer->ready()) : nullptr;
  desc->dtype = tensor.dtype;
  desc->rank = tensor.dims.rank();
  desc->memory_kind = desc->device ? desc->device->def.memory_kind : TG_MEMORY_HOST;
  desc->reserved = 0;
}

std::string type_text(int dtype, const Dims& dims) {
  const char* name = dtype_to_name(dtype);
  return std::string(name ? name : "invalid") + dims.str();
}

}  // namespace tg
