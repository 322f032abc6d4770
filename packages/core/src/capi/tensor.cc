#include "tensor/tensor.h"

#include "capi/capi.h"

namespace tg::capi {
namespace {

void retain(tg_tensor* tensor) {
  if (tensor) tensor->retain();
}
void release(tg_tensor* tensor) {
  if (tensor) tensor->release();
}

tg_status* create(int32_t dtype, int32_t rank, const int64_t* dims, void** data, tg_tensor** out) {
  return guard([&] {
    require(data, "data");
    require(out, "out");
    TensorRef tensor = new_tensor(dtype, dims_from_c(rank, dims));
    *data = tensor->data();
    *out = tensor.detach();
  });
}

tg_status* create_copy(int32_t dtype, int32_t rank, const int64_t* dims, const void* data, size_t bytes,
                       tg_tensor** out) {
  return guard([&] {
    require(out, "out");
    if (bytes) require(data, "data");
    *out = new_tensor_copy(dtype, dims_from_c(rank, dims), data, bytes).detach();
  });
}

tg_status* create_shared(const tg_tensor_desc* desc, void (*release_fn)(void*), void* context, tg_tensor** out) {
  return guard([&] {
    require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
    require(out, "out");
    Dims dims = dims_from_c(desc->rank, desc->dims);
    size_t item = dtype_size(desc->dtype);
    if (item == 0)
      throw invalid_argument("TG-0102", "memory of this dtype cannot be shared",
                             "dtype number=" + std::to_string(desc->dtype));
    int64_t count = checked_count(dims);
    if (count > 0) require(desc->data, "data");
    if (desc->byte_offset < 0)
      throw invalid_argument("TG-0117", "shared memory begins at its data or behind it",
                             "byte_offset=" + std::to_string(desc->byte_offset));
    if (desc->strides) {
      int64_t dense = static_cast<int64_t>(item);
      for (int i = dims.rank() - 1; i >= 0; --i) {
        if (dims[i] > 1 && desc->strides[i] != dense && count > 0)
          throw invalid_argument("TG-0117", "shared memory must be dense and row-major",
                                 "stride of axis " + std::to_string(i) + "=" + std::to_string(desc->strides[i]));
        dense *= dims[i];
      }
    }
    const size_t natural = item > 8 ? item / 2 : item;
    uintptr_t address = reinterpret_cast<uintptr_t>(desc->data) + static_cast<uintptr_t>(desc->byte_offset);
    if (address % natural != 0)
      throw invalid_argument("TG-0117", "shared memory must be naturally aligned", "address mod " +
                             std::to_string(natural) + "=" + std::to_string(address % natural));
    size_t bytes = static_cast<size_t>(desc->byte_offset) + dense_bytes(desc->dtype, count);
    auto buffer = make_ref<Buffer>(desc->data, bytes, release_fn, context);
    *out = new_tensor_on(std::move(buffer), desc->byte_offset, desc->dtype, dims).detach();
  });
}

tg_status* create_strings(int32_t rank, const int64_t* dims, const int64_t* offsets, const char* bytes,
                          tg_tensor** out) {
  return guard([&] {
    require(offsets, "offsets");
    require(out, "out");
    Dims shape = dims_from_c(rank, dims);
    if (offsets[checked_count(shape)] != offsets[0]) require(bytes, "bytes");
    *out = new_string_tensor(shape, offsets, bytes).detach();
  });
}

tg_status* describe_tensor(const tg_tensor* tensor, tg_tensor_desc* desc) {
  return guard([&] {
    require(tensor, "tensor");
    require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
    describe(*tensor, desc);
  });
}

int32_t is_symbolic(const tg_tensor* tensor) { return tensor && tensor->is_symbolic(); }
int64_t id(const tg_tensor* tensor) { return tensor ? tensor->id : 0; }
size_t byte_size(const tg_tensor* tensor) { return tensor ? tensor_bytes(*tensor) : 0; }

}  // namespace

const tg_tensor_api tensor_api = {sizeof(tg_tensor_api), retain,         release,         create, create_copy,
                                  create_shared,         create_strings, describe_tensor, is_symbolic, id, byte_size};

}  // namespace tg::capi
