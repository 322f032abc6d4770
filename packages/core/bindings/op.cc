// _native.Op: a registered op that can be called, and execute(). The hot path from Python to the engine.
#include <forward_list>
#include <unordered_map>

#include "native.h"

namespace tgpy {

PyTypeObject* op_type = nullptr;

namespace {

// A vector whose first items lie on the stack.
template <class T, size_t N>
class Small {
 public:
  void push_back(T value) {
    if (size_ < N) {
      inline_[size_++] = value;
      return;
    }
    if (size_ == N) more_.assign(inline_, inline_ + N);
    more_.push_back(value);
    ++size_;
  }
  T* data() { return size_ <= N ? inline_ : more_.data(); }
  T& operator[](size_t i) { return data()[i]; }
  size_t size() const { return size_; }

 private:
  T inline_[N];
  size_t size_ = 0;
  std::vector<T> more_;
};

std::string in_front(const PyOp& op) { return std::string("[") + op.schema->name + "] "; }
std::string its_signature(const PyOp& op) {
  return std::string(". Its signature is ") + api().op->definition(op.op)->signature + ".";
}
uint64_t mask_of(const tg_arg_schema& arg) { return ~arg.dtypes == 0 ? 0 : arg.dtypes; }

// The inputs of one call: those that are tensors already, and those still to be converted.
class Inputs {
 public:
  Inputs(const PyOp& op, PyObject* const* values) : op_(op) {
    for (size_t i = 0; i < op.schema->num_args; ++i) {
      const tg_arg_schema& arg = op.schema->args[i];
      if (arg.is_list) {
        add_list(values[i], arg);
      } else {
        add(values[i], arg);
      }
    }
    if (pending_) convert_pending();
  }
  ~Inputs() {
    for (size_t i = 0; i < owned_.size(); ++i) api().tensor->release(owned_[i]);
    for (size_t i = 0; i < lists_.size(); ++i) Py_DECREF(lists_[i]);
  }
  Inputs(const Inputs&) = delete;
  tg_tensor* const* data() { return tensors_.data(); }
  size_t size() const { return tensors_.size(); }

 private:
  void add_list(PyObject* value, const tg_arg_schema& arg) {
    PyObject* items = PySequence_Fast(value, "a list of tensors is needed");
    if (items == nullptr) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw py::error_already_set();
      PyErr_Clear();
      fail(TG_INVALID_ARGUMENT, "TG-0117",
           in_front(op_) + arg.name + " must be a list of tensors. Received: " + arg.name + "=" + brief(value) + ".");
    }
    lists_.push_back(items);
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(items); ++k) add(PySequence_Fast_GET_ITEM(items, k), arg);
  }
  void add(PyObject* value, const tg_arg_schema& arg) {
    tg_tensor* tensor = nullptr;
    if (is_tensor(value)) {
      tensor = tensor_of(value);
    } else if (TensorRef ref = as_tensor(value)) {
      tensor = ref.release();
      owned_.push_back(tensor);
    } else {
      pending_ = true;
    }
    tensors_.push_back(tensor);
    values_.push_back(value);
    args_.push_back(&arg);
  }

  // The dtype that a raw value has to take: that of the first tensor, else of the first array, of its variable.
  int wanted(const tg_arg_schema& arg, bool* several) {
    int from_array = 0, from_literal = 0;
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (args_[i]->variable != arg.variable) continue;
      if (tensors_[i] != nullptr) return describe(tensors_[i]).dtype;
      *several = *several || args_[i] != &arg || arg.is_list;
      if (from_array == 0 && is_array(values_[i])) from_array = natural_dtype(values_[i]);
    }
    if (from_array != 0 || !*several) return from_array;
    // Literals alone: the widest of bool < int32 < int64 < float32 (their order in tg_dtype, but for complex).
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (args_[i]->variable == arg.variable) from_literal = std::max(from_literal, natural_dtype(values_[i]));
    }
    return (arg.dtypes >> from_literal & 1) != 0 ? from_literal : 0;
  }

  void convert_pending() {
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i] != nullptr) continue;
      const tg_arg_schema& arg = *args_[i];
      uint64_t mask = mask_of(arg);
      bool several = false;
      int dtype = arg.variable >= 0 ? wanted(arg, &several) : 0;
      if (arg.variable < 0 && mask != 0 && (mask & (mask - 1)) == 0) dtype = __builtin_ctzll(mask);
      tg_tensor* tensor = convert(values_[i], dtype, mask, op_.schema->name).release();
      owned_.push_back(tensor);
      tensors_[i] = tensor;
    }
  }

  const PyOp& op_;
  bool pending_ = false;
  Small<tg_tensor*, 8> tensors_;
  Small<PyObject*, 8> values_;
  Small<const tg_arg_schema*, 8> args_;
  Small<tg_tensor*, 8> owned_;
  Small<PyObject*, 2> lists_;
};

// The attributes of one call, and what they point to.
class Attrs {
 public:
  // values: in the order of the signature; NULL, None and what is the default anyhow are left out.
  Attrs(const PyOp& op, PyObject* const* values, size_t count) : op_(op) {
    for (size_t i = 0; i < count; ++i) {
      const tg_attr_schema& attr = op.schema->attrs[i];
      if (values[i] == nullptr || values[i] == Py_None || values[i] == op.defaults[i]) continue;
      if (PyFloat_CheckExact(values[i]) && attr.default_value.kind == TG_ATTR_FLOAT &&
          PyFloat_AS_DOUBLE(values[i]) == attr.default_value.f && attr.default_value.f != 0.0)
        continue;
      set(attr, values[i]);
    }
  }
  ~Attrs() {
    for (PyObject* object : kept_) Py_DECREF(object);
  }
  Attrs(const Attrs&) = delete;
  const tg_attr* data() { return attrs_.data(); }
  size_t size() const { return attrs_.size(); }

 private:
  [[noreturn]] void refuse(const tg_attr_schema& spec, PyObject* value) {
    static const char* const names[] = {"absent",  "an int", "a float", "a bool",   "a string",
                                        "a dtype", "ints",   "floats",  "a tensor", "a function"};
    PyErr_Clear();
    fail(TG_INVALID_ARGUMENT, "TG-0111",
         in_front(op_) + spec.name + " must be " + names[spec.kind] + ". Received: " + spec.name + "=" + brief(value) +
             " of type " + Py_TYPE(value)->tp_name + its_signature(op_));
  }

  int64_t integer(const tg_attr_schema& spec, PyObject* value) {
    PyObject* index = is_tensor(value) || PyFloat_Check(value) ? nullptr : PyNumber_Index(value);
    if (index == nullptr) return integers(spec, value, true).front();
    int overflow = 0;
    int64_t number = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (overflow != 0) refuse(spec, value);
    return number;
  }

  // From a concrete tensor of integers.
  std::vector<int64_t> integers(const tg_attr_schema& spec, PyObject* value, bool one) {
    if (PyErr_Occurred() != nullptr) PyErr_Clear();
    TensorRef tensor = is_tensor(value) ? TensorRef::share(tensor_of(value)) : as_tensor(value);
    if (!tensor) refuse(spec, value);
    tg_tensor_desc desc = describe_data(tensor.get(), op_.schema->name);
    int64_t count = element_count(desc);
    if ((desc.dtype != TG_INT32 && desc.dtype != TG_INT64) || (one && count != 1)) refuse(spec, value);
    const char* data = static_cast<const char*>(desc.data) + desc.byte_offset;
    std::vector<int64_t> result;
    for (int64_t i = 0; i < count; ++i) {
      result.push_back(desc.dtype == TG_INT64 ? reinterpret_cast<const int64_t*>(data)[i]
                                              : reinterpret_cast<const int32_t*>(data)[i]);
    }
    return result;
  }

  void set_ints(const tg_attr_schema& spec, PyObject* value, tg_attr& attr) {
    ints_.emplace_front();
    std::vector<int64_t>& ints = ints_.front();
    bool plain = PyLong_Check(value) || PyList_Check(value) || PyTuple_Check(value);
    if (is_tensor(value) || (!plain && PyObject_HasAttrString(value, "_as_tensor"))) {
      ints = integers(spec, value, false);
    } else if (PyLong_Check(value) || (PyIndex_Check(value) && !PySequence_Check(value))) {
      ints.push_back(integer(spec, value));
    } else {
      py::object items =
          py::reinterpret_steal<py::object>(PyUnicode_Check(value) ? nullptr : PySequence_Fast(value, ""));
      if (!items) refuse(spec, value);
      for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i)
        ints.push_back(integer(spec, PySequence_Fast_GET_ITEM(items.ptr(), i)));
    }
    attr.ints = ints.data();
    attr.count = ints.size();
  }

  double number(const tg_attr_schema& spec, PyObject* value) {
    double result = PyFloat_AsDouble(value);
    if (result == -1.0 && PyErr_Occurred() != nullptr) refuse(spec, value);
    return result;
  }

  void set_floats(const tg_attr_schema& spec, PyObject* value, tg_attr& attr) {
    floats_.emplace_front();
    std::vector<double>& floats = floats_.front();
    py::object items = py::reinterpret_steal<py::object>(PyUnicode_Check(value) ? nullptr : PySequence_Fast(value, ""));
    if (!items) refuse(spec, value);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i)
      floats.push_back(number(spec, PySequence_Fast_GET_ITEM(items.ptr(), i)));
    attr.floats = floats.data();
    attr.count = floats.size();
  }

  void set(const tg_attr_schema& spec, PyObject* value) {
    tg_attr attr{};
    attr.struct_size = sizeof(attr);
    attr.name = spec.name;
    attr.kind = spec.kind;
    switch (spec.kind) {
      case TG_ATTR_INT:
        attr.i = integer(spec, value);
        break;
      case TG_ATTR_FLOAT:
        attr.f = number(spec, value);
        break;
      case TG_ATTR_BOOL: {
        int truth = PyUnicode_Check(value) ? -1 : PyObject_IsTrue(value);
        if (truth < 0) {
          if (PyErr_Occurred() != nullptr) throw py::error_already_set();
          refuse(spec, value);
        }
        attr.i = truth;
        break;
      }
      case TG_ATTR_STRING: {
        Py_ssize_t size = 0;
        attr.s = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &size) : nullptr;
        if (attr.s == nullptr) refuse(spec, value);
        attr.count = static_cast<size_t>(size);
        break;
      }
      case TG_ATTR_DTYPE:
        attr.i = dtype_number(value);
        break;
      case TG_ATTR_INTS:
        set_ints(spec, value, attr);
        break;
      case TG_ATTR_FLOATS:
        set_floats(spec, value, attr);
        break;
      case TG_ATTR_TENSOR: {
        kept_.push_front(wrap(convert(value, 0, 0, op_.schema->name).release()));
        attr.tensor = tensor_of(kept_.front());
        break;
      }
      case TG_ATTR_FUNCTION:
        attr.function = function_of(value);
        break;
      default:
        refuse(spec, value);
    }
    attrs_.push_back(attr);
  }

  const PyOp& op_;
  Small<tg_attr, 4> attrs_;
  std::forward_list<std::vector<int64_t>> ints_;
  std::forward_list<std::vector<double>> floats_;
  std::forward_list<PyObject*> kept_;
};

[[noreturn]] void refuse_inputs(const PyOp& op, size_t count) {
  fail(TG_INVALID_ARGUMENT, "TG-0110",
       in_front(op) + "the op takes another number of inputs. Received: " + std::to_string(count) + " instead of " +
           std::to_string(op.schema->num_args) + its_signature(op));
}
[[noreturn]] void refuse_names(const PyOp& op, PyObject* values) {
  fail(TG_INVALID_ARGUMENT, "TG-0111",
       in_front(op) + "the op does not have these attributes. Received: " + brief(values) + its_signature(op));
}

PyObject* run(const PyOp& op, PyObject* const* inputs, PyObject* const* attrs, size_t num_attrs) {
  Inputs in(op, inputs);
  Attrs given(op, attrs, num_attrs);
  return run_op(op, in.data(), in.size(), given.data(), given.size());
}

}  // namespace

// op(input..., attribute..., attribute=...): attributes in the order of the signature.
PyObject* call_op(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* keywords) {
  return guard([&]() -> PyObject* {
    const PyOp& op = *reinterpret_cast<PyOp*>(self);
    size_t count = static_cast<size_t>(PyVectorcall_NARGS(nargsf)), num_args = op.schema->num_args;
    size_t num_attrs = op.schema->num_attrs;
    if (count < num_args || count > num_args + num_attrs) refuse_inputs(op, count);
    if (keywords == nullptr) return run(op, args, args + num_args, count - num_args);
    std::vector<PyObject*> attrs(args + num_args, args + count);
    attrs.resize(num_attrs);
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(keywords); ++k) {
      size_t i = 0;
      while (i < num_attrs && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(keywords, k), op.schema->attrs[i].name))
        ++i;
      if (i == num_attrs || attrs[i] != nullptr) refuse_names(op, keywords);
      attrs[i] = args[count + static_cast<size_t>(k)];
    }
    return run(op, args, attrs.data(), num_attrs);
  });
}

namespace {

// What a Python function's default for the attribute is, so that it is known when it is seen again.
PyObject* default_of(const tg_attr_schema& attr) {
  const tg_attr& value = attr.default_value;
  switch (value.kind) {
    case TG_ATTR_INT:
      return PyLong_FromLongLong(value.i);
    case TG_ATTR_BOOL:
      return PyBool_FromLong(value.i != 0);
    case TG_ATTR_STRING: {
      PyObject* text = PyUnicode_FromStringAndSize(value.s, static_cast<Py_ssize_t>(value.count));
      if (text != nullptr) PyUnicode_InternInPlace(&text);
      return text;
    }
    case TG_ATTR_DTYPE:
      return PyUnicode_InternFromString(dtype_name(static_cast<int>(value.i)));
    default:
      return nullptr;
  }
}

// Objects live as long as the process, as the ops do.
PyOp* object_of(const tg_op* op) {
  static std::unordered_map<const tg_op*, PyOp*> objects;
  PyOp*& object = objects[op];
  if (object != nullptr) return object;
  PyOp* made = PyObject_New(PyOp, op_type);
  if (made == nullptr) throw py::error_already_set();
  made->vectorcall = call_op;
  made->op = op;
  made->schema = api().op->schema(op);
  made->defaults = new PyObject*[made->schema->num_attrs + 1]();
  std::string results = api().op->definition(op)->signature;
  results.erase(0, results.rfind("->") + 2);  // all of it where there is no arrow
  made->any_number = results.find('[') != std::string::npos && results.find('(') == std::string::npos;
  made->lets_go = (api().op->definition(op)->effects & TG_EFFECT_WRITES) != 0;
  for (size_t i = 0; i < made->schema->num_attrs; ++i) {
    made->defaults[i] = default_of(made->schema->attrs[i]);
    if (made->schema->attrs[i].kind == TG_ATTR_FUNCTION) made->lets_go = true;
  }
  PyErr_Clear();
  return object = made;
}

const tg_op_def* definition(PyObject* self) { return api().op->definition(reinterpret_cast<PyOp*>(self)->op); }

template <const char* tg_op_def::* Field>
PyObject* get_text(PyObject* self, void*) {
  const char* text = definition(self)->*Field;
  return PyUnicode_FromString(text != nullptr ? text : "");
}
template <int32_t tg_op_def::* Field>
PyObject* get_number(PyObject* self, void*) {
  return PyLong_FromLong(definition(self)->*Field);
}
PyObject* get_name(PyObject* self, void*) {
  return PyUnicode_FromString(reinterpret_cast<PyOp*>(self)->schema->name);
}
PyObject* get_differentiable(PyObject* self, void*) {
  const tg_op_def* def = definition(self);
  return PyBool_FromLong(def->gradient != nullptr || def->compose != nullptr);
}
PyObject* get_composite(PyObject* self, void*) { return PyBool_FromLong(definition(self)->compose != nullptr); }
PyObject* repr(PyObject* self) { return PyUnicode_FromFormat("<Op %s>", definition(self)->signature); }

PyGetSetDef getters[] = {{"name", get_name, nullptr, nullptr, nullptr},
                         {"signature", get_text<&tg_op_def::signature>, nullptr, nullptr, nullptr},
                         {"types", get_text<&tg_op_def::types>, nullptr, nullptr, nullptr},
                         {"names", get_text<&tg_op_def::names>, nullptr, nullptr, nullptr},
                         {"summary", get_text<&tg_op_def::summary>, nullptr, nullptr, nullptr},
                         {"doc", get_text<&tg_op_def::doc>, nullptr, nullptr, nullptr},
                         {"example", get_text<&tg_op_def::example>, nullptr, nullptr, nullptr},
                         {"since", get_text<&tg_op_def::since>, nullptr, nullptr, nullptr},
                         {"samples", get_text<&tg_op_def::samples>, nullptr, nullptr, nullptr},
                         {"version", get_number<&tg_op_def::version>, nullptr, nullptr, nullptr},
                         {"effects", get_number<&tg_op_def::effects>, nullptr, nullptr, nullptr},
                         {"fusion", get_number<&tg_op_def::fusion>, nullptr, nullptr, nullptr},
                         {"in_place", get_number<&tg_op_def::in_place>, nullptr, nullptr, nullptr},
                         {"composite", get_composite, nullptr, nullptr, nullptr},
                         {"differentiable", get_differentiable, nullptr, nullptr, nullptr},
                         {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(PyOp, vectorcall), READONLY, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                       {Py_tp_getset, getters},
                       {Py_tp_members, members},
                       {Py_tp_repr, reinterpret_cast<void*>(repr)},
                       {0, nullptr}};
PyType_Spec type_spec = {"tensegra._native.Op", sizeof(PyOp), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_VECTORCALL, slots};

const PyOp& op_of(PyObject* op_or_name) {
  if (Py_TYPE(op_or_name) == op_type) return *reinterpret_cast<PyOp*>(op_or_name);
  if (!PyUnicode_Check(op_or_name)) throw py::type_error("execute needs an op or its name");
  const char* name = PyUnicode_AsUTF8(op_or_name);
  if (name == nullptr) throw py::error_already_set();
  return *find_op(name);
}

void* let_go() { return PyGILState_Check() ? PyEval_SaveThread() : nullptr; }
void take_back(void* state) {
  if (state != nullptr) PyEval_RestoreThread(static_cast<PyThreadState*>(state));
}

}  // namespace

PyObject* run_op(const PyOp& op, tg_tensor* const* inputs, size_t num_inputs, const tg_attr* attrs, size_t num_attrs) {
  const size_t capacity = 16;
  tg_tensor* few[capacity];
  tg_tensor** outputs = few;
  size_t num_outputs = capacity;
  std::vector<tg_tensor*> many;
  if (op.any_number) {
    many.resize(65536);
    outputs = many.data();
    num_outputs = many.size();
  }
  bool eager = api().eager->executing_eagerly() != 0;
  if (!eager) before_node();
  void* state = eager && op.lets_go ? let_go() : nullptr;
  tg_status* status = api().eager->execute(op.op, inputs, num_inputs, attrs, num_attrs, outputs, &num_outputs);
  take_back(state);
  check(status);
  auto result = [&](size_t i) {
    return wrap(outputs[i], eager ? nullptr : PyUnicode_FromFormat("%s:%zu", op.schema->name, i));
  };
  if (num_outputs == 1) return result(0);
  if (num_outputs == 0) Py_RETURN_NONE;
  PyObject* results = PyTuple_New(static_cast<Py_ssize_t>(num_outputs));
  if (results == nullptr) throw py::error_already_set();
  for (size_t i = 0; i < num_outputs; ++i) PyTuple_SET_ITEM(results, static_cast<Py_ssize_t>(i), result(i));
  return results;
}

PyObject* execute(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return guard([&]() -> PyObject* {
    if (count < 2 || count > 3 || !PyTuple_Check(args[1]))
      throw py::type_error("execute(op, inputs: tuple, attributes=None)");
    const PyOp& op = op_of(args[0]);
    size_t num_inputs = static_cast<size_t>(PyTuple_GET_SIZE(args[1])), num_attrs = op.schema->num_attrs;
    if (num_inputs != op.schema->num_args) refuse_inputs(op, num_inputs);
    PyObject* const* inputs = PySequence_Fast_ITEMS(args[1]);
    PyObject* values = count == 3 ? args[2] : Py_None;
    if (values == Py_None) return run(op, inputs, nullptr, 0);
    if (PyTuple_Check(values)) {
      if (static_cast<size_t>(PyTuple_GET_SIZE(values)) > num_attrs) refuse_names(op, values);
      return run(op, inputs, PySequence_Fast_ITEMS(values), static_cast<size_t>(PyTuple_GET_SIZE(values)));
    }
    if (!PyDict_Check(values)) throw py::type_error("attributes are a dict or a tuple");
    std::vector<PyObject*> attrs(num_attrs);
    Py_ssize_t known = 0;
    for (size_t i = 0; i < num_attrs; ++i) {
      attrs[i] = PyDict_GetItemString(values, op.schema->attrs[i].name);
      known += attrs[i] != nullptr;
    }
    if (known != PyDict_GET_SIZE(values)) refuse_names(op, values);
    return run(op, inputs, attrs.data(), num_attrs);
  });
}

PyOp* find_op(const char* name) {
  const tg_op* op = nullptr;
  check(api().op->find(name, &op));
  return object_of(op);
}

void add_op_type(py::module_& module) {
  op_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&type_spec));
  if (op_type == nullptr) throw py::error_already_set();
  module.attr("Op") = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(op_type));
  auto object = [](PyOp* op) { return py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(op)); };
  module.def("find_op", [object](const char* name) { return object(find_op(name)); });
  module.def("all_ops", [object] {
    py::list ops;
    for (size_t i = 0; i < api().op->count(); ++i) ops.append(object(object_of(api().op->at(i))));
    return ops;
  });
  api().eager->set_long_run_hooks(&let_go, &take_back);
}

}  // namespace tgpy
