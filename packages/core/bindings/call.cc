// _native.CachedCall: the base of tg.Function. It remembers for which arguments which graph runs, so that a call of a
// traced function costs little more than running the graph.
#include "native.h"

namespace tgpy {

namespace {

constexpr size_t kMostArguments = 16;
constexpr size_t kMostEntries = 16;
bool enabled = true;

// One argument: a tensor of a dtype and a shape, or a Python value.
struct Argument {
  PyTypeObject* type = nullptr;
  PyObject* literal = nullptr;  // owned; NULL: a tensor
  int dtype = 0;
  Dims dims;
};

struct Entry {
  std::vector<Argument> positional;
  std::vector<std::pair<PyObject*, Argument>> named;
  PyObject* function = nullptr;
  PyObject* pack = nullptr;  // makes the result of the list of outputs; None: the one output is the result
};

struct PyCall {
  PyObject_HEAD std::vector<Entry>* entries;
  size_t next;
};

void clear_entry(Entry& entry) {
  for (Argument& each : entry.positional) Py_CLEAR(each.literal);
  for (auto& [name, each] : entry.named) {
    Py_CLEAR(name);
    Py_CLEAR(each.literal);
  }
  Py_CLEAR(entry.function);
  Py_CLEAR(entry.pack);
}

bool same_literal(PyObject* known, PyObject* value) {
  if (known == value) return true;
  if (PyFloat_CheckExact(known)) {  // 0.0 and -0.0 differ, and nan is itself
    double a = PyFloat_AS_DOUBLE(known), b = PyFloat_AS_DOUBLE(value);
    return std::memcmp(&a, &b, sizeof(a)) == 0;
  }
  return (PyLong_CheckExact(known) || PyUnicode_CheckExact(known)) && PyObject_RichCompareBool(known, value, Py_EQ) == 1;
}

bool fits(const Argument& known, PyObject* value) {
  if (Py_TYPE(value) != known.type) return false;
  if (known.literal != nullptr) return same_literal(known.literal, value);
  tg_tensor_desc desc = describe(tensor_of(value));
  return desc.dtype == known.dtype && desc.rank == known.dims.rank &&
         (desc.rank <= 0 ||
          std::memcmp(desc.dims, known.dims.sizes, sizeof(int64_t) * static_cast<size_t>(desc.rank)) == 0);
}

bool fits(const Entry& entry, PyObject* args, PyObject* kwargs) {
  if (static_cast<size_t>(PyTuple_GET_SIZE(args)) != entry.positional.size()) return false;
  size_t count = kwargs == nullptr ? 0 : static_cast<size_t>(PyDict_GET_SIZE(kwargs));
  if (count != entry.named.size()) return false;
  for (size_t i = 0; i < entry.positional.size(); ++i) {
    if (!fits(entry.positional[i], PyTuple_GET_ITEM(args, static_cast<Py_ssize_t>(i)))) return false;
  }
  for (const auto& [name, known] : entry.named) {
    PyObject* value = PyDict_GetItem(kwargs, name);
    if (value == nullptr || !fits(known, value)) return false;
  }
  return true;
}

PyObject* run(const Entry& entry, PyObject* args, PyObject* kwargs) {
  tg_tensor* inputs[kMostArguments];
  size_t count = 0;
  for (size_t i = 0; i < entry.positional.size(); ++i) {
    if (entry.positional[i].literal == nullptr)
      inputs[count++] = tensor_of(PyTuple_GET_ITEM(args, static_cast<Py_ssize_t>(i)));
  }
  for (const auto& [name, known] : entry.named) {
    if (known.literal == nullptr) inputs[count++] = tensor_of(PyDict_GetItem(kwargs, name));
  }
  // Another thread may replace the entry while this one runs without the GIL.
  py::object function = py::reinterpret_borrow<py::object>(entry.function);
  py::object pack = py::reinterpret_borrow<py::object>(entry.pack);
  tg_function* graph = function_of(function);
  if (!api().eager->executing_eagerly()) before_node();
  std::vector<tg_tensor*> outputs(api().function->num_outputs(graph), nullptr);
  tg_status* status;
  {
    py::gil_scoped_release release;
    status = api().function->call(graph, inputs, count, outputs.data(), outputs.size());
  }
  check(status);
  if (pack.is_none()) return wrap(outputs[0]);
  return pack(wrap_all(outputs)).release().ptr();
}

PyObject* call(PyObject* self, PyObject* args, PyObject* kwargs) {
  return guard([&]() -> PyObject* {
    PyCall& call = *reinterpret_cast<PyCall*>(self);
    if (enabled) {
      for (const Entry& entry : *call.entries) {
        if (fits(entry, args, kwargs)) return run(entry, args, kwargs);
      }
    }
    static PyObject* const name = PyUnicode_InternFromString("_call");
    py::object slow = py::reinterpret_steal<py::object>(PyObject_GetAttr(self, name));
    if (!slow) throw py::error_already_set();
    return PyObject_Call(slow.ptr(), args, kwargs);
  });
}

// Whether the value is one that entries can hold.
bool take(PyObject* value, Argument* argument) {
  argument->type = Py_TYPE(value);
  if (is_tensor(value)) {
    tg_tensor_desc desc = describe(tensor_of(value));
    argument->dtype = desc.dtype;
    argument->dims.rank = desc.rank;
    for (int i = 0; i < desc.rank; ++i) argument->dims.sizes[i] = desc.dims[i];
    return true;
  }
  if (value != Py_None && !PyBool_Check(value) && !PyLong_CheckExact(value) && !PyFloat_CheckExact(value) &&
      !PyUnicode_CheckExact(value)) {
    return false;
  }
  argument->literal = Py_NewRef(value);
  return true;
}

// remember(args, kwargs, function, pack): from now on calls with such arguments run the function; whether it could be.
PyObject* remember(PyObject* self, PyObject* given) {
  PyObject *args, *kwargs, *function, *pack;
  if (!PyArg_ParseTuple(given, "O!O!OO", &PyTuple_Type, &args, &PyDict_Type, &kwargs, &function, &pack)) return nullptr;
  return guard([&]() -> PyObject* {
    function_of(function);  // fails where it is none
    PyCall& call = *reinterpret_cast<PyCall*>(self);
    Entry entry;
    bool good = static_cast<size_t>(PyTuple_GET_SIZE(args) + PyDict_GET_SIZE(kwargs)) <= kMostArguments;
    for (Py_ssize_t i = 0; good && i < PyTuple_GET_SIZE(args); ++i)
      good = take(PyTuple_GET_ITEM(args, i), &entry.positional.emplace_back());
    PyObject *name, *value;
    for (Py_ssize_t place = 0; good && PyDict_Next(kwargs, &place, &name, &value) != 0;) {
      entry.named.emplace_back(Py_NewRef(name), Argument());
      good = take(value, &entry.named.back().second);
    }
    if (!good) {
      clear_entry(entry);
      Py_RETURN_FALSE;
    }
    entry.function = Py_NewRef(function);
    entry.pack = Py_NewRef(pack);
    if (call.entries->size() < kMostEntries) {
      call.entries->push_back(std::move(entry));
    } else {
      std::swap((*call.entries)[call.next++ % kMostEntries], entry);
      clear_entry(entry);
    }
    Py_RETURN_TRUE;
  });
}

PyObject* create(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* self = type->tp_alloc(type, 0);
  if (self != nullptr) reinterpret_cast<PyCall*>(self)->entries = new std::vector<Entry>();
  return self;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  const std::vector<Entry>* entries = reinterpret_cast<PyCall*>(self)->entries;
  for (size_t i = 0; entries != nullptr && i < entries->size(); ++i) {
    Py_VISIT((*entries)[i].function);
    Py_VISIT((*entries)[i].pack);
  }
  return 0;
}

int clear(PyObject* self) {
  std::vector<Entry> dropped;
  std::vector<Entry>* entries = reinterpret_cast<PyCall*>(self)->entries;
  if (entries != nullptr) std::swap(*entries, dropped);
  for (Entry& entry : dropped) clear_entry(entry);
  return 0;
}

void destroy(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  clear(self);
  delete reinterpret_cast<PyCall*>(self)->entries;
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {{"_remember", remember, METH_VARARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(create)},
                       {Py_tp_call, reinterpret_cast<void*>(call)},
                       {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
                       {Py_tp_clear, reinterpret_cast<void*>(clear)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
                       {Py_tp_methods, methods},
                       {0, nullptr}};
PyType_Spec spec = {"tensegra._native.CachedCall", sizeof(PyCall), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

void add_call_type(py::module_& module) {
  PyObject* type = PyType_FromSpec(&spec);
  if (type == nullptr) throw py::error_already_set();
  module.attr("CachedCall") = py::reinterpret_steal<py::object>(type);
  module.def("set_cached_calls", [](bool value) { enabled = value; });
}

}  // namespace tgpy
