// DLPack capsules: see tensegra/dlpack.hpp for what they hold.
#include "tensegra/dlpack.hpp"

#include "native.h"

namespace tgpy {

namespace {

using tg::dlpack::DLManagedTensor;
using tg::dlpack::DLManagedTensorVersioned;

template <class Managed>
constexpr const char* kName = "dltensor";
template <>
constexpr const char* kName<DLManagedTensorVersioned> = "dltensor_versioned";

[[noreturn]] void buffer_error(const std::string& text) {
  PyErr_SetString(PyExc_BufferError, text.c_str());
  throw py::error_already_set();
}

constexpr uint64_t kIsCopied = 2;  // a flag of DLManagedTensorVersioned

inline void mark_copied(DLManagedTensor*) {}
// Nobody else sees the memory: whoever gets it may write to it.
inline void mark_copied(DLManagedTensorVersioned* managed) { managed->flags = kIsCopied; }

tg::Tensor copy_of(const tg::Tensor& tensor) {
  tg_tensor_desc desc = describe_data(tensor.get(), "__dlpack__");
  void* data = nullptr;
  tg_tensor* copy = nullptr;
  check(api().tensor->create(desc.dtype, desc.rank, desc.dims, &data, &copy));
  size_t bytes = static_cast<size_t>(element_count(desc)) * api().dtype->size(desc.dtype);
  if (bytes > 0) std::memcpy(data, static_cast<char*>(desc.data) + desc.byte_offset, bytes);
  return tg::Tensor::adopt(copy);
}

template <class Managed>
PyObject* make_capsule(const tg::Tensor& tensor, bool copied) {
  auto destroy = [](PyObject* capsule) {
    if (!PyCapsule_IsValid(capsule, kName<Managed>)) return;  // a consumer took it and renamed the capsule
    tg::dlpack::release<Managed>(PyCapsule_GetPointer(capsule, kName<Managed>));
  };
  try {
    Managed* managed = tg::to_dlpack<Managed>(tensor);
    if (copied) mark_copied(managed);
    return PyCapsule_New(managed, kName<Managed>, destroy);
  } catch (const tg::Error& error) {
    buffer_error(error.what());
  }
}

template <class Managed>
py::object take(py::handle capsule, const char* used) {
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule.ptr(), kName<Managed>));
  PyCapsule_SetName(capsule.ptr(), used);
  try {
    return wrap_object(tg::from_dlpack(managed).release());
  } catch (const tg::Error& error) {
    buffer_error(error.what());
  }
}

}  // namespace

PyObject* to_dlpack(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"stream", "max_version", "dl_device", "copy", nullptr};
  PyObject *stream = Py_None, *copy = Py_None;
  int version[2] = {0, 0}, device[2] = {tg::dlpack::kCpu, 0};
  auto pair = [](PyObject* value, void* out) {
    int* numbers = static_cast<int*>(out);
    return value == Py_None || PyArg_ParseTuple(value, "ii", numbers, numbers + 1) ? 1 : 0;
  };
  int (*parse)(PyObject*, void*) = pair;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OO&O&O:__dlpack__", const_cast<char**>(names), &stream, parse,
                                   version, parse, device, &copy)) {
    return nullptr;
  }
  return guard([&]() -> PyObject* {
    if (stream != Py_None) buffer_error("tensors in host memory have no stream");
    if (device[0] != tg::dlpack::kCpu) buffer_error("the tensor is in host memory");
    describe_data(tensor_of(self), "__dlpack__");
    tg::Tensor tensor = tg::Tensor::adopt(on_host(tensor_of(self)).release());
    const bool copied = copy == Py_True && api().dtype->size(describe(tensor.get()).dtype) > 0;
    if (copied) tensor = copy_of(tensor);
    return version[0] >= 1 ? make_capsule<DLManagedTensorVersioned>(tensor, copied)
                           : make_capsule<DLManagedTensor>(tensor, copied);
  });
}

PyObject* dlpack_device(PyObject*, PyObject*) { return Py_BuildValue("(ii)", tg::dlpack::kCpu, 0); }

py::object from_dlpack(py::object source) {
  py::object capsule = source;
  if (!PyCapsule_CheckExact(source.ptr())) {
    if (!py::hasattr(source, "__dlpack__")) {
      fail(TG_INVALID_ARGUMENT, "TG-0117",
           "[from_dlpack] the value must have __dlpack__ or be a capsule. Received: value=" + brief(source) + ".");
    }
    try {
      capsule = source.attr("__dlpack__")(py::arg("max_version") = py::make_tuple(1, 0));
    } catch (py::error_already_set& error) {
      if (!error.matches(PyExc_TypeError)) throw;
      capsule = source.attr("__dlpack__")();
    }
  }
  if (PyCapsule_IsValid(capsule.ptr(), kName<DLManagedTensorVersioned>)) {
    auto* managed =
        static_cast<DLManagedTensorVersioned*>(PyCapsule_GetPointer(capsule.ptr(), kName<DLManagedTensorVersioned>));
    if (managed->version.major != 1) {
      buffer_error("DLPack version " + std::to_string(managed->version.major) + " is not known");
    }
    return take<DLManagedTensorVersioned>(capsule, "used_dltensor_versioned");
  }
  if (!PyCapsule_IsValid(capsule.ptr(), kName<DLManagedTensor>)) {
    buffer_error("the capsule holds no DLPack tensor, or was used already");
  }
  return take<DLManagedTensor>(capsule, "used_dltensor");
}

}  // namespace tgpy
