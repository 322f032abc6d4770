// What the files of the Python binding share. Only the C interface of the engine is used.
//
// Inside, errors are C++ exceptions (py::error_already_set with the Python error set); guard() is where a raw
// function of the module ends them, pybind11 does so for the others.
#ifndef TENSEGRA_BINDINGS_NATIVE_H_
#define TENSEGRA_BINDINGS_NATIVE_H_

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <structmember.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "tensegra/c/tensegra.h"

namespace tgpy {

namespace py = pybind11;

extern const tg_api* engine;  // set once, when the module is made
inline const tg_api& api() { return *engine; }

// ---- errors (status.cc)

// Throws the Python exception that stands for status; takes ownership. NULL: success.
void raise(tg_status* status);
inline void check(tg_status* status) {
  if (status != nullptr) raise(status);
}
// An error of the binding's own.
[[noreturn]] void fail(int code, const char* error_code, const std::string& message);
// The current Python error as a status; raise() on this thread brings the same exception back.
tg_status* park_python_error();
// repr(value), at most 80 bytes.
std::string brief(py::handle value);
void set_error_factory(py::object factory);
// Sets the Python error for the exception being handled.
void translate_exception() noexcept;

template <class F>
PyObject* guard(F&& body) noexcept {
  try {
    return body();
  } catch (...) {
    translate_exception();
    return nullptr;
  }
}

// ---- tensors (tensor.cc)

// Owns one reference to a tensor.
class TensorRef {
 public:
  TensorRef() = default;
  static TensorRef adopt(tg_tensor* tensor) {
    TensorRef ref;
    ref.tensor_ = tensor;
    return ref;
  }
  static TensorRef share(tg_tensor* tensor) {
    api().tensor->retain(tensor);
    return adopt(tensor);
  }
  TensorRef(TensorRef&& other) noexcept : tensor_(std::exchange(other.tensor_, nullptr)) {}
  TensorRef& operator=(TensorRef&& other) noexcept {
    std::swap(tensor_, other.tensor_);
    return *this;
  }
  ~TensorRef() {
    if (tensor_ != nullptr) api().tensor->release(tensor_);
  }
  tg_tensor* get() const { return tensor_; }
  tg_tensor* release() { return std::exchange(tensor_, nullptr); }
  explicit operator bool() const { return tensor_ != nullptr; }

 private:
  tg_tensor* tensor_ = nullptr;
};

struct PyTensor {
  PyObject_HEAD tg_tensor* tensor;
  PyObject* name;  // of a graph value, "add:0"; NULL elsewhere
  PyObject* weak_references;
};

extern PyTypeObject* tensor_type;
inline bool is_tensor(PyObject* object) { return PyObject_TypeCheck(object, tensor_type); }
inline tg_tensor* tensor_of(PyObject* object) { return reinterpret_cast<PyTensor*>(object)->tensor; }
// A new Python object of the registered class; takes ownership of tensor. name is for graph values.
PyObject* wrap(tg_tensor* tensor, PyObject* name = nullptr);
inline py::object wrap_object(tg_tensor* tensor) { return py::reinterpret_steal<py::object>(wrap(tensor)); }
inline tg_tensor_desc describe(const tg_tensor* tensor) {
  tg_tensor_desc desc{};
  desc.struct_size = sizeof(desc);
  check(api().tensor->describe(tensor, &desc));
  return desc;
}
inline int64_t element_count(const tg_tensor_desc& desc) {
  int64_t count = 1;
  for (int i = 0; i < desc.rank; ++i) count *= desc.dims[i];
  return desc.rank < 0 ? 0 : count;
}
// The tensor itself, or a copy of it where it lies on a device.
TensorRef on_host(tg_tensor* tensor);
// Waits for the data, and fetches it from a device. Fails with TG-0114 for a value of a graph.
tg_tensor_desc describe_data(const tg_tensor* tensor, const char* where);
py::object shape_tuple(const tg_tensor_desc& desc);
struct Dims {
  int32_t rank = -1;
  int64_t sizes[TG_MAX_RANK] = {};
};
Dims dims_of(py::handle shape);  // None: unknown rank; a None entry: TG_DIM_UNKNOWN
void add_tensor_type(py::module_& module);

// ---- conversion (convert.cc)

// A tensor from a Python value: a tensor, an object with _as_tensor(), numbers, strings, nested sequences, arrays.
// dtype 0: the natural one, or the first of the mask (bits are dtype numbers, 0: any) that a literal fits.
TensorRef convert(PyObject* value, int dtype, uint64_t mask, const char* where);
// What convert would choose with dtype 0; 0 where that is not known.
int natural_dtype(PyObject* value);
bool is_array(PyObject* value);  // a NumPy array or scalar
// The result of value._as_tensor(), or nothing where value has no such method.
TensorRef as_tensor(PyObject* value);
// "float32", DType, int: to the number.
int dtype_number(py::handle dtype);
py::dtype numpy_dtype(int dtype);
void load_numpy();
const char* dtype_name(int dtype);

// ---- DLPack (dlpack.cc)

PyObject* to_dlpack(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* dlpack_device(PyObject* self, PyObject*);
py::object from_dlpack(py::object source);

// ---- ops (op.cc)

struct PyOp {
  PyObject_HEAD vectorcallfunc vectorcall;
  const tg_op* op;
  const tg_op_schema* schema;
  PyObject** defaults;  // of the attributes, as Python functions have them; NULL where that is not known
  bool any_number;      // of outputs
  bool lets_go;         // may wait for others: gives up the GIL at once, not only while a kernel runs long
};
extern PyTypeObject* op_type;
// A borrowed reference to the one Python object of that op.
PyOp* find_op(const char* name);
void add_op_type(py::module_& module);
// Runs the op, or adds a node where a graph is traced; the result as Python sees it.
PyObject* run_op(const PyOp& op, tg_tensor* const* inputs, size_t num_inputs, const tg_attr* attrs, size_t num_attrs);
PyObject* call_op(PyObject* op, PyObject* const* args, size_t nargsf, PyObject* keywords);
PyObject* execute(PyObject* module, PyObject* const* args, Py_ssize_t count);

// ---- operators of tensors (operators.cc)

extern PyType_Slot operator_slots[];  // ends with {0, NULL}
void load_operators();

// ---- tapes (tape.cc)

void add_tape_type(py::module_& module);
bool python_is_gone();

// ---- graphs (graph.cc), models and the rest (module.cc)

// The graphs that this thread traces into, innermost last; NULL: lifted out of tracing.
std::vector<tg_graph*>& graph_stack();
void before_node();  // tells the graph the user's source line
tg_function* function_of(py::handle object);
py::object wrap_function(tg_function* function);
void add_graph_types(py::module_& module);
void add_call_type(py::module_& module);  // call.cc
void add_model_types(py::module_& module);
void add_python_call(py::module_& module);  // python_call.cc

// Tensors of a Python sequence, kept alive. None entries are allowed where nullable.
class TensorList {
 public:
  explicit TensorList(py::handle sequence, bool nullable = false);
  tg_tensor** data() { return pointers_.data(); }
  size_t size() const { return pointers_.size(); }

 private:
  std::vector<TensorRef> owned_;
  std::vector<tg_tensor*> pointers_;
};
// Wraps owned results; NULL becomes None.
py::list wrap_all(std::vector<tg_tensor*>& tensors);

}  // namespace tgpy

#endif  // TENSEGRA_BINDINGS_NATIVE_H_
