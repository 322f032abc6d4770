// _native.Tensor: a raw heap type that holds one tensor of the engine, and its ways out to NumPy and buffers.
#include "native.h"

namespace tgpy {

PyTypeObject* tensor_type = nullptr;

namespace {

PyTypeObject* tensor_class = nullptr;  // what results are instances of
// The memory of dropped ones, for those to come; the GIL guards it.
constexpr size_t kMostKept = 256;
PyObject* kept[kMostKept];
size_t num_kept = 0;
bool keeps = false;

// What an exported buffer points to: shapes and strides live in the tensor, except for strides that it leaves out.
struct Export {
  Py_ssize_t shape[TG_MAX_RANK];
  Py_ssize_t strides[TG_MAX_RANK];
};

void fill_layout(const tg_tensor_desc& desc, size_t item_size, Export* layout) {
  Py_ssize_t step = static_cast<Py_ssize_t>(item_size);
  for (int i = desc.rank - 1; i >= 0; --i) {
    layout->shape[i] = desc.dims[i];
    layout->strides[i] = desc.strides != nullptr ? desc.strides[i] : step;
    step *= desc.dims[i] > 0 ? desc.dims[i] : 1;
  }
}

const char* buffer_format(int dtype) {
  switch (dtype) {
    case TG_BOOL:
      return "?";
    case TG_INT8:
      return "b";
    case TG_INT16:
      return "h";
    case TG_INT32:
      return "i";
    case TG_INT64:
      return "q";
    case TG_UINT8:
      return "B";
    case TG_UINT16:
    case TG_BFLOAT16:
      return "H";
    case TG_UINT32:
      return "I";
    case TG_UINT64:
      return "Q";
    case TG_FLOAT16:
      return "e";
    case TG_FLOAT32:
      return "f";
    case TG_FLOAT64:
      return "d";
    case TG_COMPLEX64:
      return "Zf";
    case TG_COMPLEX128:
      return "Zd";
    default:
      return nullptr;
  }
}

// The tensor's object, or that of a copy where it lies on a device.
py::object object_on_host(PyObject* self) {
  if (describe(tensor_of(self)).device == nullptr) return py::reinterpret_borrow<py::object>(self);
  return wrap_object(on_host(tensor_of(self)).release());
}

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  PyObject* ok = guard([&]() -> PyObject* {
    view->obj = nullptr;
    py::object host = object_on_host(self);
    self = host.ptr();
    tg_tensor_desc desc = describe_data(tensor_of(self), "buffer");
    const char* format = buffer_format(desc.dtype);
    if (format == nullptr || (flags & PyBUF_WRITABLE) == PyBUF_WRITABLE) {
      PyErr_Format(PyExc_BufferError,
                   format == nullptr ? "a tensor of dtype %s has no buffer" : "tensors are read-only (dtype %s)",
                   dtype_name(desc.dtype));
      throw py::error_already_set();
    }
    Export* layout = new Export;
    size_t item_size = api().dtype->size(desc.dtype);
    fill_layout(desc, item_size, layout);
    view->buf = static_cast<char*>(desc.data) + desc.byte_offset;
    view->len = static_cast<Py_ssize_t>(item_size) * element_count(desc);
    view->itemsize = static_cast<Py_ssize_t>(item_size);
    view->readonly = 1;
    view->ndim = desc.rank;
    view->format = (flags & PyBUF_FORMAT) != 0 ? const_cast<char*>(format) : nullptr;
    view->shape = (flags & PyBUF_ND) != 0 ? layout->shape : nullptr;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? layout->strides : nullptr;
    view->suboffsets = nullptr;
    view->internal = layout;
    Py_INCREF(self);
    view->obj = self;
    return self;
  });
  return ok != nullptr ? 0 : -1;
}

void release_buffer(PyObject*, Py_buffer* view) { delete static_cast<Export*>(view->internal); }

PyObject* new_tensor(PyTypeObject*, PyObject*, PyObject*) {
  PyErr_SetString(PyExc_TypeError, "tensors are made by tg.constant, tg.convert_to_tensor and the ops");
  return nullptr;
}

void dealloc(PyObject* self) {
  PyTensor* object = reinterpret_cast<PyTensor*>(self);
  if (PyType_IS_GC(Py_TYPE(self))) PyObject_GC_UnTrack(self);
  if (object->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  if (object->tensor != nullptr) api().tensor->release(object->tensor);
  Py_XDECREF(object->name);
  PyTypeObject* type = Py_TYPE(self);
  if (type == tensor_class && num_kept < kMostKept && keeps) {
    kept[num_kept++] = self;
  } else {
    type->tp_free(self);
  }
  Py_DECREF(type);
}

// Strings as an array of bytes objects.
py::object string_array(const tg_tensor_desc& desc) {
  int64_t count = element_count(desc);
  const int64_t* offsets = reinterpret_cast<const int64_t*>(static_cast<const char*>(desc.data) + desc.byte_offset);
  const char* bytes = reinterpret_cast<const char*>(offsets + count + 1);
  py::list items;
  for (int64_t i = 0; i < count; ++i) {
    items.append(py::bytes(bytes + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])));
  }
  py::object array = py::module_::import("numpy").attr("empty")(count, "O");
  array[py::slice(0, count, 1)] = items;
  return array.attr("reshape")(shape_tuple(desc));
}

// A read-only array over the tensor's own memory.
py::object array_view(PyObject* self, const char* where) {
  py::object host = object_on_host(self);
  self = host.ptr();
  tg_tensor_desc desc = describe_data(tensor_of(self), where);
  if (desc.dtype == TG_STRING) return string_array(desc);
  size_t item_size = api().dtype->size(desc.dtype);
  if (item_size == 0) {
    fail(TG_INVALID_ARGUMENT, "TG-0117",
         std::string("[") + where +
             "] a tensor of this dtype has no NumPy form. Received: dtype=" + dtype_name(desc.dtype) + ".");
  }
  Export layout;
  fill_layout(desc, item_size, &layout);
  std::vector<py::ssize_t> shape(layout.shape, layout.shape + desc.rank);
  std::vector<py::ssize_t> strides(layout.strides, layout.strides + desc.rank);
  py::array array(numpy_dtype(desc.dtype), shape, strides, static_cast<char*>(desc.data) + desc.byte_offset,
                  py::reinterpret_borrow<py::object>(self));
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

PyObject* method_view(PyObject* self, PyObject*) {
  return guard([&] { return array_view(self, "__array__").release().ptr(); });
}

PyObject* method_numpy(PyObject* self, PyObject*) {
  return guard([&] {
    py::object view = array_view(self, "numpy");
    if (PyTuple_GET_SIZE(py::object(view.attr("shape")).ptr()) == 0)
      return py::object(view[py::tuple()]).release().ptr();
    return view.attr("copy")().release().ptr();
  });
}

template <class F>
PyObject* described(PyObject* self, F&& get) {
  return guard([&] {
    tg_tensor_desc desc = describe(tensor_of(self));
    return get(desc);
  });
}

PyObject* get_dtype(PyObject* self, void*) {
  return described(self, [](const tg_tensor_desc& desc) { return PyLong_FromLong(desc.dtype); });
}
PyObject* get_shape(PyObject* self, void*) {
  return described(self, [](const tg_tensor_desc& desc) { return shape_tuple(desc).release().ptr(); });
}
PyObject* get_rank(PyObject* self, void*) {
  return described(self, [](const tg_tensor_desc& desc) { return PyLong_FromLong(desc.rank); });
}
PyObject* get_device(PyObject* self, void*) {
  return described(self, [](const tg_tensor_desc& desc) {
    return PyUnicode_FromString(desc.device != nullptr ? api().device->name(desc.device) : "CPU:0");
  });
}
PyObject* get_name(PyObject* self, void*) {
  PyObject* name = reinterpret_cast<PyTensor*>(self)->name;
  return Py_NewRef(name != nullptr ? name : Py_None);
}
PyObject* get_id(PyObject* self, void*) { return PyLong_FromLongLong(api().tensor->id(tensor_of(self))); }
PyObject* get_symbolic(PyObject* self, void*) { return PyBool_FromLong(api().tensor->is_symbolic(tensor_of(self))); }
PyObject* get_bytes(PyObject* self, void*) { return PyLong_FromSize_t(api().tensor->byte_size(tensor_of(self))); }

PyGetSetDef getters[] = {
    {"_dtype_number", get_dtype, nullptr, "The C interface's number of the dtype.", nullptr},
    {"_shape", get_shape, nullptr, "A tuple; sizes below 0 are unknown; None where the rank is unknown.", nullptr},
    {"_rank", get_rank, nullptr, "Number of dimensions, -1 where unknown.", nullptr},
    {"_device", get_device, nullptr, "The name of the device that holds the data.", nullptr},
    {"_name", get_name, nullptr, "The name of a graph value as this object knows it, else None.", nullptr},
    {"_id", get_id, nullptr, "Unique for the life of the process.", nullptr},
    {"_is_symbolic", get_symbolic, nullptr, "True for a value of a graph.", nullptr},
    {"_nbytes", get_bytes, nullptr, "Bytes of the data.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef methods[] = {
    {"_numpy", method_numpy, METH_NOARGS, "A new NumPy array with the values (a NumPy scalar for rank 0)."},
    {"_view", method_view, METH_NOARGS, "A read-only NumPy array over the tensor's own memory."},
    {"__dlpack__", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(to_dlpack)), METH_VARARGS | METH_KEYWORDS,
     "A DLPack capsule that shares the tensor's memory."},
    {"__dlpack_device__", dlpack_device, METH_NOARGS, "The DLPack device, (1, 0) for the host."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {{"__weaklistoffset__", T_PYSSIZET, offsetof(PyTensor, weak_references), READONLY, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

std::vector<PyType_Slot> all_slots() {
  std::vector<PyType_Slot> slots = {{Py_tp_new, reinterpret_cast<void*>(new_tensor)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
                       {Py_tp_getset, getters},
                       {Py_tp_methods, methods},
                       {Py_tp_members, members},
                       {Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
                       {Py_bf_releasebuffer, reinterpret_cast<void*>(release_buffer)}};
  for (PyType_Slot* each = operator_slots; each->slot != 0; ++each) slots.push_back(*each);
  slots.push_back({0, nullptr});
  return slots;
}

}  // namespace

PyObject* wrap(tg_tensor* tensor, PyObject* name) {
  PyObject* object = nullptr;
  if (num_kept > 0) {
    object = PyObject_Init(kept[--num_kept], tensor_class);
  } else {
    object = tensor_class->tp_alloc(tensor_class, 0);
    // It refers to nothing that the collector has to look at.
    if (object != nullptr && PyType_IS_GC(tensor_class)) PyObject_GC_UnTrack(object);
  }
  if (object == nullptr) {
    api().tensor->release(tensor);
    Py_XDECREF(name);
    throw py::error_already_set();
  }
  reinterpret_cast<PyTensor*>(object)->tensor = tensor;
  reinterpret_cast<PyTensor*>(object)->name = name;
  reinterpret_cast<PyTensor*>(object)->weak_references = nullptr;
  return object;
}

TensorRef on_host(tg_tensor* tensor) {
  tg_tensor* out = nullptr;
  tg_status* status;
  {
    py::gil_scoped_release release;
    status = api().device->copy(tensor, nullptr, &out);
  }
  check(status);
  return TensorRef::adopt(out);
}

tg_tensor_desc describe_data(const tg_tensor* tensor, const char* where) {
  tg_tensor_desc desc = describe(tensor);
  if (desc.device != nullptr) {
    static thread_local TensorRef copy;  // what the descriptor points to, until the next call on this thread
    copy = on_host(const_cast<tg_tensor*>(tensor));
    desc = describe(copy.get());
  }
  if (desc.data == nullptr && api().tensor->is_symbolic(tensor)) {
    fail(TG_FAILED_PRECONDITION, "TG-0114",
         std::string("[") + where +
             "] a value of a graph being traced has no data yet. Received: dtype=" + dtype_name(desc.dtype) +
             ", shape=" + brief(shape_tuple(desc)) + ". Use ops instead of NumPy or Python control flow on it.");
  }
  if (desc.ready != nullptr) {
    tg_status* status = nullptr;
    {
      py::gil_scoped_release release;
      status = api().event->wait(desc.ready);
    }
    check(status);
  }
  return desc;
}

py::object shape_tuple(const tg_tensor_desc& desc) {
  if (desc.rank < 0) return py::none();
  py::tuple shape(static_cast<size_t>(desc.rank));
  for (int i = 0; i < desc.rank; ++i) PyTuple_SET_ITEM(shape.ptr(), i, PyLong_FromLongLong(desc.dims[i]));
  return shape;
}

Dims dims_of(py::handle shape) {
  Dims dims;
  if (shape.is_none()) return dims;
  dims.rank = 0;
  for (py::handle size : py::reinterpret_borrow<py::iterable>(shape)) {
    if (dims.rank == TG_MAX_RANK) {
      fail(TG_INVALID_ARGUMENT, "TG-0103",
           "[shape] a tensor has at most 8 dimensions. Received: shape=" + brief(shape) + ".");
    }
    dims.sizes[dims.rank++] = size.is_none() ? TG_DIM_UNKNOWN : size.cast<int64_t>();
  }
  return dims;
}

TensorList::TensorList(py::handle sequence, bool nullable) {
  for (py::handle item : py::reinterpret_borrow<py::iterable>(sequence)) {
    if (item.is_none() && nullable) {
      pointers_.push_back(nullptr);
      continue;
    }
    owned_.push_back(convert(item.ptr(), 0, 0, "convert_to_tensor"));
    pointers_.push_back(owned_.back().get());
  }
}

py::list wrap_all(std::vector<tg_tensor*>& tensors) {
  py::list result;
  for (tg_tensor*& tensor : tensors) {
    result.append(tensor != nullptr ? wrap_object(std::exchange(tensor, nullptr)) : py::none());
  }
  return result;
}

void add_tensor_type(py::module_& module) {
  std::vector<PyType_Slot> slots = all_slots();
  PyType_Spec spec = {"tensegra._native.Tensor", sizeof(PyTensor), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                      slots.data()};
  tensor_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (tensor_type == nullptr) throw py::error_already_set();
  tensor_class = tensor_type;
  module.attr("Tensor") = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(tensor_type));
  module.def("set_tensor_class", [](py::type type) {
    if (!PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type.ptr()), tensor_type))
      throw py::type_error("not a subclass of _native.Tensor");
    tensor_class = reinterpret_cast<PyTypeObject*>(type.inc_ref().ptr());
    // Without members of its own, its objects are ours: they need not be taken apart by Python's general way.
    keeps = tensor_class->tp_basicsize == sizeof(PyTensor);
    if (keeps) tensor_class->tp_dealloc = dealloc;
  });
  module.def(
      "tensor_of_class",
      [](py::type type, py::handle tensor) {
        auto* wanted = reinterpret_cast<PyTypeObject*>(type.ptr());
        if (!PyType_IsSubtype(wanted, tensor_type) || !is_tensor(tensor.ptr()))
          throw py::type_error("a subclass of _native.Tensor and a tensor are needed");
        PyObject* object = wanted->tp_alloc(wanted, 0);
        if (object == nullptr) throw py::error_already_set();
        api().tensor->retain(tensor_of(tensor.ptr()));
        reinterpret_cast<PyTensor*>(object)->tensor = tensor_of(tensor.ptr());
        PyObject* name = reinterpret_cast<PyTensor*>(tensor.ptr())->name;
        Py_XINCREF(name);
        reinterpret_cast<PyTensor*>(object)->name = name;
        return py::reinterpret_steal<py::object>(object);
      },
      "The same tensor as an object of another class.");
  module.def("is_tensor", [](py::handle value) { return is_tensor(value.ptr()); });
  module.def("from_dlpack", &from_dlpack);
}

}  // namespace tgpy
