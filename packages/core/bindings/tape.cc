// _native.Tape: a tape of the engine, the base class of tg.GradientTape.
#include "native.h"

namespace tgpy {

namespace {

struct PyTape {
  PyObject_HEAD tg_tape* tape;
  bool persistent;
  bool watch_accessed;
  bool records;  // started by start(), which counts
  bool used;
};

PyTypeObject* tape_type = nullptr;

PyTape& tape_of(PyObject* self) { return *reinterpret_cast<PyTape*>(self); }
// Methods may be called on an object whose __init__ was skipped.
tg_tape* handle_of(PyObject* self) {
  if (tape_of(self).tape == nullptr) throw py::type_error("the tape was not initialized");
  return tape_of(self).tape;
}

int init(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"persistent", "watch_accessed_variables", nullptr};
  int persistent = 0, watch_accessed = 1;
  bool plain = PyTuple_GET_SIZE(args) == 0 && kwargs == nullptr;
  if (!plain && !PyArg_ParseTupleAndKeywords(args, kwargs, "|pp:GradientTape", const_cast<char**>(names), &persistent,
                                             &watch_accessed))
    return -1;
  PyObject* ok = guard([&]() -> PyObject* {
    PyTape& object = tape_of(self);
    tg_tape* made = nullptr;
    check(api().tape->create(persistent, watch_accessed, &made));
    if (object.tape != nullptr) api().tape->destroy(object.tape);
    object.tape = made;
    object.persistent = persistent != 0;
    object.watch_accessed = watch_accessed != 0;
    object.records = object.used = false;
    return self;
  });
  return ok != nullptr ? 0 : -1;
}

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  if (tape_of(self).tape != nullptr) api().tape->destroy(tape_of(self).tape);
  type->tp_free(self);
  Py_DECREF(type);
}

void start(PyObject* self) {
  PyTape& object = tape_of(self);
  if (object.records) {
    fail(TG_FAILED_PRECONDITION, "TG-0202",
         "[GradientTape] a tape that records cannot be started again. Received: a second start. "
         "Use each tape in one with statement at a time.");
  }
  check(api().tape->start(handle_of(self)));
  object.records = true;
}
void stop(PyObject* self) {
  check(api().tape->stop(handle_of(self)));
  tape_of(self).records = false;
}

PyObject* method_start(PyObject* self, PyObject*) {
  return guard([&] {
    start(self);
    return Py_NewRef(Py_None);
  });
}
PyObject* method_stop(PyObject* self, PyObject*) {
  return guard([&] {
    stop(self);
    return Py_NewRef(Py_None);
  });
}
PyObject* method_enter(PyObject* self, PyObject*) {
  return guard([&] {
    start(self);
    return Py_NewRef(self);
  });
}
PyObject* method_exit(PyObject* self, PyObject* const*, Py_ssize_t) {
  return guard([&] {
    if (tape_of(self).records) stop(self);
    return Py_NewRef(Py_None);
  });
}
PyObject* method_watch(PyObject* self, PyObject* value) {
  return guard([&] {
    if (is_tensor(value)) {
      check(api().tape->watch(handle_of(self), tensor_of(value)));
    } else {
      check(api().tape->watch(handle_of(self), convert(value, 0, 0, "watch").get()));
    }
    return Py_NewRef(Py_None);
  });
}
PyObject* method_reset(PyObject* self, PyObject*) {
  return guard([&] {
    PyTape& object = tape_of(self);
    bool records = object.records;
    if (records) stop(self);
    api().tape->destroy(std::exchange(object.tape, nullptr));
    check(api().tape->create(object.persistent, object.watch_accessed, &object.tape));
    object.used = false;
    if (records) start(self);
    return Py_NewRef(Py_None);
  });
}

void compute(PyObject* self, tg_tensor* const* targets, size_t num_targets, tg_tensor* const* sources,
             size_t num_sources, tg_tensor* const* weights, tg_tensor** results) {
  PyTape& object = tape_of(self);
  if (object.records && !object.persistent) stop(self);
  object.used = true;
  tg_tape* tape = handle_of(self);
  tg_status* status;
  {
    py::gil_scoped_release release;
    status = api().tape->gradient(tape, targets, num_targets, sources, num_sources, weights, results);
  }
  check(status);
}

// _gradient(targets, sources, target_gradients or None)
PyObject* method_gradient(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return guard([&]() -> PyObject* {
    if (count != 3) throw py::type_error("_gradient(targets, sources, target_gradients)");
    TensorList to(args[0]), from(args[1]);
    std::vector<tg_tensor*> results(from.size(), nullptr);
    bool seeded = args[2] != Py_None;
    TensorList weights(seeded ? py::reinterpret_borrow<py::object>(args[2]) : py::object(py::list()), true);
    if (seeded && weights.size() != to.size()) {
      fail(TG_INVALID_ARGUMENT, "TG-0110",
           "[gradient] there must be one gradient for each target. Received: " + std::to_string(weights.size()) +
               " for " + std::to_string(to.size()) + ".");
    }
    compute(self, to.data(), to.size(), from.data(), from.size(), seeded ? weights.data() : nullptr, results.data());
    return wrap_all(results).release().ptr();
  });
}

// _gradient_of(target, source): of one tensor with respect to one; NotImplemented where more thought is needed.
PyObject* method_gradient_of(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return guard([&]() -> PyObject* {
    PyTape& object = tape_of(self);
    if (count != 2 || !is_tensor(args[0]) || !is_tensor(args[1]) || (object.used && !object.persistent))
      return Py_NewRef(Py_NotImplemented);
    tg_tensor *target = tensor_of(args[0]), *source = tensor_of(args[1]), *result = nullptr;
    int dtype = describe(target).dtype;
    if (dtype < TG_FLOAT16 || dtype > TG_COMPLEX128) return Py_NewRef(Py_NotImplemented);
    compute(self, &target, 1, &source, 1, nullptr, &result);
    return result != nullptr ? wrap(result) : Py_NewRef(Py_None);
  });
}

PyObject* method_watched(PyObject* self, PyObject*) {
  return guard([&] {
    size_t count = 0;
    check(api().tape->watched_variables(handle_of(self), nullptr, 0, &count));
    std::vector<tg_tensor*> variables(count, nullptr);
    check(api().tape->watched_variables(handle_of(self), variables.data(), count, &count));
    return wrap_all(variables).release().ptr();
  });
}

PyObject* get_persistent(PyObject* self, void*) { return PyBool_FromLong(tape_of(self).persistent); }
PyObject* get_records(PyObject* self, void*) { return PyBool_FromLong(tape_of(self).records); }
PyObject* get_used(PyObject* self, void*) { return PyBool_FromLong(tape_of(self).used); }

template <class F>
PyCFunction raw(F* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

PyMethodDef methods[] = {
    {"__enter__", method_enter, METH_NOARGS, nullptr},
    {"__exit__", raw(method_exit), METH_FASTCALL, nullptr},
    {"_start", method_start, METH_NOARGS, "Records on this thread until _stop()."},
    {"_stop", method_stop, METH_NOARGS, "Ends what _start() began."},
    {"_watch", method_watch, METH_O, "Watches one tensor."},
    {"_reset", method_reset, METH_NOARGS, "Forgets everything."},
    {"_gradient", raw(method_gradient), METH_FASTCALL, "_gradient(targets, sources, target_gradients) -> list"},
    {"_gradient_of", raw(method_gradient_of), METH_FASTCALL, "Of one tensor with respect to one, or NotImplemented."},
    {"_watched_variables", method_watched, METH_NOARGS, "The handles of the variables that were read."},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef getters[] = {{"_persistent", get_persistent, nullptr, nullptr, nullptr},
                         {"_records", get_records, nullptr, nullptr, nullptr},
                         {"_used", get_used, nullptr, nullptr, nullptr},
                         {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(PyType_GenericNew)},
                       {Py_tp_init, reinterpret_cast<void*>(init)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
                       {Py_tp_methods, methods},
                       {Py_tp_getset, getters},
                       {0, nullptr}};
PyType_Spec spec = {"tensegra._native.Tape", sizeof(PyTape), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

// Called by the engine, perhaps without the GIL: context is the Python function of a custom gradient.
tg_status* call_gradient(void* context, tg_tensor* const* output_gradients, size_t num_outputs,
                         tg_tensor** input_gradients, size_t num_inputs) {
  py::gil_scoped_acquire acquire;
  PyObject* ok = guard([&]() -> PyObject* {
    py::list gradients;
    for (size_t i = 0; i < num_outputs; ++i) {
      if (output_gradients[i] == nullptr) {
        gradients.append(py::none());
        continue;
      }
      gradients.append(wrap_object(TensorRef::share(output_gradients[i]).release()));
    }
    TensorList results(py::reinterpret_borrow<py::object>(static_cast<PyObject*>(context))(gradients), true);
    if (results.size() != num_inputs) {
      fail(TG_INVALID_ARGUMENT, "TG-0110",
           "[custom_gradient] the gradient function must return one gradient for each input. Received: " +
               std::to_string(results.size()) + " for " + std::to_string(num_inputs) + ".");
    }
    for (size_t i = 0; i < num_inputs; ++i) {
      input_gradients[i] = results.data()[i];
      if (input_gradients[i] != nullptr) api().tensor->retain(input_gradients[i]);
    }
    return Py_None;
  });
  return ok != nullptr ? nullptr : park_python_error();
}

void release_gradient(void* context) {
  if (python_is_gone()) return;
  py::gil_scoped_acquire acquire;
  Py_DECREF(static_cast<PyObject*>(context));
}

void record_custom(const std::string& name, py::handle inputs, py::handle outputs, py::function gradient) {
  TensorList in(inputs), out(outputs);
  gradient.inc_ref();
  check(api().tape->record_custom(name.c_str(), in.data(), in.size(), out.data(), out.size(), &call_gradient,
                                  &release_gradient, gradient.ptr()));
}

}  // namespace

bool python_is_gone() {
#if PY_VERSION_HEX >= 0x030D0000
  return !Py_IsInitialized() || Py_IsFinalizing();
#else
  return !Py_IsInitialized() || _Py_IsFinalizing();
#endif
}

void add_tape_type(py::module_& module) {
  tape_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (tape_type == nullptr) throw py::error_already_set();
  module.attr("Tape") = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(tape_type));
  module.def("record_custom", &record_custom);
  module.def("pause_tapes", [] { api().tape->pause_all(); });
  module.def("resume_tapes", [] { api().tape->resume_all(); });
}

}  // namespace tgpy
