// Sharing tensors with other libraries through DLPack.
//
//   DLManagedTensorVersioned* out = tg::to_dlpack<DLManagedTensorVersioned>(tensor);   // the consumer calls
//   out->deleter tg::Tensor in = tg::from_dlpack(managed);                                          // takes ownership
//   of managed
//
// The struct layouts restate dlpack.h (Apache License 2.0, see NOTICE); they live in a namespace of their own, so that
// a program may include dlpack.h too.
#ifndef TENSEGRA_DLPACK_HPP_
#define TENSEGRA_DLPACK_HPP_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "tensegra/tensor.hpp"

namespace tg {
namespace dlpack {

struct DLDevice {
  int32_t device_type;
  int32_t device_id;
};
struct DLDataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t* shape;
  int64_t* strides;  // in elements; NULL: dense row-major
  uint64_t byte_offset;
};
struct DLManagedTensor {
  DLTensor dl_tensor;
  void* manager_ctx;
  void (*deleter)(DLManagedTensor* self);
};
struct DLPackVersion {
  uint32_t major;
  uint32_t minor;
};
struct DLManagedTensorVersioned {
  DLPackVersion version;
  void* manager_ctx;
  void (*deleter)(DLManagedTensorVersioned* self);
  uint64_t flags;
  DLTensor dl_tensor;
};
constexpr uint64_t kReadOnly = 1;  // a flag of DLManagedTensorVersioned
constexpr int32_t kCpu = 1;        // a device type
enum TypeCode : uint8_t { kInt = 0, kUInt = 1, kFloat = 2, kBfloat = 4, kComplex = 5, kBool = 6 };

struct TypeRow {
  int dtype;
  uint8_t code;
  uint8_t bits;
};
constexpr TypeRow kTypes[] = {{TG_BOOL, kBool, 8},      {TG_INT8, kInt, 8},           {TG_INT16, kInt, 16},
                              {TG_INT32, kInt, 32},     {TG_INT64, kInt, 64},         {TG_UINT8, kUInt, 8},
                              {TG_UINT16, kUInt, 16},   {TG_UINT32, kUInt, 32},       {TG_UINT64, kUInt, 64},
                              {TG_FLOAT16, kFloat, 16}, {TG_BFLOAT16, kBfloat, 16},   {TG_FLOAT32, kFloat, 32},
                              {TG_FLOAT64, kFloat, 64}, {TG_COMPLEX64, kComplex, 64}, {TG_COMPLEX128, kComplex, 128}};

// What is exported: the struct that consumers see, and what it points to.
template <class Managed>
struct Exported {
  Managed managed;
  Tensor tensor;
  int64_t shape[TG_MAX_RANK];
  int64_t strides[TG_MAX_RANK];
};

template <class Managed>
void release(void* managed) {
  Managed* self = static_cast<Managed*>(managed);
  if (self->deleter != nullptr) self->deleter(self);
}

inline bool is_dense(const DLTensor& from) {
  if (from.strides == nullptr) return true;
  int64_t step = 1;
  for (int i = from.ndim - 1; i >= 0; --i) {
    if (from.shape[i] != 1 && from.strides[i] != step) return false;
    step *= from.shape[i];
  }
  return true;
}

inline void copy_strided(const DLTensor& from, int axis, const char* source, size_t item, char*& target) {
  if (axis == from.ndim) {
    std::memcpy(target, source, item);
    target += item;
    return;
  }
  for (int64_t i = 0; i < from.shape[axis]; ++i) {
    copy_strided(from, axis + 1, source + i * from.strides[axis] * static_cast<int64_t>(item), item, target);
  }
}

inline void set_version(DLManagedTensor*) {}
inline void set_version(DLManagedTensorVersioned* managed) {
  managed->version = {1, 0};
  managed->flags = kReadOnly;
}

}  // namespace dlpack

// A managed tensor over the memory of a concrete host tensor.
template <class Managed>
Managed* to_dlpack(const Tensor& tensor) {
  tg_tensor_desc desc = tensor.describe();
  if (desc.data == nullptr || desc.memory_kind == TG_MEMORY_DEVICE)
    throw invalid_argument("TG-0121", "only concrete tensors in host memory can be exported through DLPack");
  const dlpack::TypeRow* row = nullptr;
  for (const dlpack::TypeRow& candidate : dlpack::kTypes)
    if (candidate.dtype == desc.dtype) row = &candidate;
  if (row == nullptr) throw invalid_argument("TG-0121", "DLPack has no type for this dtype", dtype_name(desc.dtype));
  auto exported = std::make_unique<dlpack::Exported<Managed>>();
  int64_t size = row->bits / 8, dense = 1;
  for (int i = desc.rank - 1; i >= 0; --i) {
    exported->shape[i] = desc.dims[i];
    exported->strides[i] = desc.strides != nullptr ? desc.strides[i] / size : dense;
    dense *= desc.dims[i];
  }
  dlpack::DLTensor& out = exported->managed.dl_tensor;
  out.data = static_cast<char*>(desc.data) + desc.byte_offset;
  out.device = {dlpack::kCpu, 0};
  out.ndim = desc.rank;
  out.dtype = {row->code, row->bits, 1};
  out.shape = exported->shape;
  out.strides = exported->strides;
  out.byte_offset = 0;
  exported->tensor = tensor;
  exported->managed.manager_ctx = exported.get();
  exported->managed.deleter = [](Managed* self) { delete static_cast<dlpack::Exported<Managed>*>(self->manager_ctx); };
  dlpack::set_version(&exported->managed);
  return &exported.release()->managed;
}

// Shares the memory where it is dense and aligned, else copies. Takes ownership of managed, also when it throws.
template <class Managed>
Tensor from_dlpack(Managed* managed) {
  std::unique_ptr<Managed, void (*)(Managed*)> owner(managed, [](Managed* self) { dlpack::release<Managed>(self); });
  const dlpack::DLTensor& from = managed->dl_tensor;
  if (from.device.device_type != dlpack::kCpu)
    throw invalid_argument("TG-0121", "only tensors in host memory can be imported through DLPack",
                           "device type " + std::to_string(from.device.device_type));
  if (from.ndim > TG_MAX_RANK || from.ndim < 0)
    throw invalid_argument("TG-0103", "a tensor has at most 8 dimensions", "rank=" + std::to_string(from.ndim));
  int dtype = 0;
  for (const dlpack::TypeRow& row : dlpack::kTypes)
    if (row.code == from.dtype.code && row.bits == from.dtype.bits && from.dtype.lanes == 1) dtype = row.dtype;
  if (dtype == 0)
    throw invalid_argument("TG-0121", "no dtype stands for this DLPack type",
                           "code " + std::to_string(from.dtype.code) + ", bits " + std::to_string(from.dtype.bits));
  size_t item = from.dtype.bits / 8, alignment = is_complex(dtype) ? item / 2 : item;
  char* data = static_cast<char*>(from.data) + from.byte_offset;
  int64_t count = 1;
  for (int i = 0; i < from.ndim; ++i) count *= from.shape[i];
  tg_tensor* out = nullptr;
  bool dense = count == 0 || dlpack::is_dense(from);
  if (count == 0 || !dense || reinterpret_cast<uintptr_t>(data) % alignment != 0) {
    void* target = nullptr;
    check(api().tensor->create(dtype, from.ndim, from.shape, &target, &out));
    char* at = static_cast<char*>(target);
    if (dense)
      std::memcpy(at, data, static_cast<size_t>(count) * item);
    else
      dlpack::copy_strided(from, 0, data, item, at);
    return Tensor::adopt(out);
  }
  tg_tensor_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.data = data;
  desc.dims = from.shape;
  desc.dtype = dtype;
  desc.rank = from.ndim;
  desc.memory_kind = TG_MEMORY_HOST;
  check(api().tensor->create_shared(&desc, &dlpack::release<Managed>, managed, &out));
  owner.release();
  return Tensor::adopt(out);
}

}  // namespace tg

#endif  // TENSEGRA_DLPACK_HPP_
