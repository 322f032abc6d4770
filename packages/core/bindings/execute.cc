// execute(op, inputs, attributes): the hot path from Python to the engine.
#include <forward_list>

#include "native.h"

namespace tgpy {

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

// The inputs of one call: those that are tensors already, and those still to be converted.
class Inputs {
 public:
  Inputs(const OpSpec& spec, PyObject* tuple) : spec_(spec) {
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    if (static_cast<size_t>(count) != spec.inputs.size()) {
      fail(TG_INVALID_ARGUMENT, "TG-0110",
           "[" + spec.name + "] the op takes another number of inputs. Received: " + std::to_string(count) +
               " instead of " + std::to_string(spec.inputs.size()) + ". Its signature is " +
               api().op->definition(spec.op)->signature + ".");
    }
    for (Py_ssize_t i = 0; i < count; ++i) {
      PyObject* value = PyTuple_GET_ITEM(tuple, i);
      const ArgSpec& arg = spec.inputs[static_cast<size_t>(i)];
      if (!arg.list) {
        add(value, arg);
        continue;
      }
      PyObject* items = PySequence_Fast(value, "a list of tensors is needed");
      if (items == nullptr) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw py::error_already_set();
        PyErr_Clear();
        fail(TG_INVALID_ARGUMENT, "TG-0117",
             "[" + spec.name + "] " + arg.name + " must be a list of tensors. Received: " + arg.name + "=" +
                 brief(value) + ".");
      }
      lists_.push_back(items);
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(items); ++k) add(PySequence_Fast_GET_ITEM(items, k), arg);
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
  void add(PyObject* value, const ArgSpec& arg) {
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
  int wanted(const ArgSpec& arg, bool* several) {
    int from_array = 0, from_literal = 0;
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (args_[i]->variable != arg.variable) continue;
      if (tensors_[i] != nullptr) return describe(tensors_[i]).dtype;
      *several = *several || args_[i] != &arg || arg.list;
      if (from_array == 0 && is_array(values_[i])) from_array = natural_dtype(values_[i]);
    }
    if (from_array != 0 || !*several) return from_array;
    // Literals alone: the widest of bool < int32 < int64 < float32 (their order in tg_dtype, but for complex).
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (args_[i]->variable == arg.variable) from_literal = std::max(from_literal, natural_dtype(values_[i]));
    }
    return (arg.mask == 0 || (arg.mask >> from_literal & 1) != 0) ? from_literal : 0;
  }

  void convert_pending() {
    const char* where = spec_.name.c_str();
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i] != nullptr) continue;
      const ArgSpec& arg = *args_[i];
      bool several = false;
      int dtype = arg.variable >= 0 ? wanted(arg, &several) : 0;
      if (arg.variable < 0 && arg.mask != 0 && (arg.mask & (arg.mask - 1)) == 0) dtype = __builtin_ctzll(arg.mask);
      tg_tensor* tensor = convert(values_[i], dtype, arg.mask, where).release();
      owned_.push_back(tensor);
      tensors_[i] = tensor;
    }
  }

  const OpSpec& spec_;
  bool pending_ = false;
  Small<tg_tensor*, 8> tensors_;
  Small<PyObject*, 8> values_;
  Small<const ArgSpec*, 8> args_;
  Small<tg_tensor*, 8> owned_;
  Small<PyObject*, 2> lists_;
};

// The attributes of one call, and what they point to.
class Attrs {
 public:
  // values: None, a dict by name, or a tuple in the order of the signature; None entries are left out.
  Attrs(const OpSpec& spec, PyObject* values) : spec_(spec) {
    if (values == nullptr || values == Py_None) return;
    if (PyTuple_Check(values)) {
      if (static_cast<size_t>(PyTuple_GET_SIZE(values)) > spec.attrs.size()) refuse_names(values);
      for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); ++i)
        set(spec.attrs[static_cast<size_t>(i)], PyTuple_GET_ITEM(values, i));
      return;
    }
    if (!PyDict_Check(values)) throw py::type_error("attributes are a dict or a tuple");
    Py_ssize_t known = 0;
    for (const AttrSpec& attr : spec.attrs) {
      PyObject* value = PyDict_GetItemWithError(values, attr.key);
      if (value == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
      if (value == nullptr) continue;
      ++known;
      set(attr, value);
    }
    if (known != PyDict_GET_SIZE(values)) refuse_names(values);
  }
  ~Attrs() {
    for (PyObject* object : kept_) Py_DECREF(object);
  }
  Attrs(const Attrs&) = delete;
  const tg_attr* data() { return attrs_.data(); }
  size_t size() const { return attrs_.size(); }

 private:
  [[noreturn]] void refuse_names(PyObject* values) {
    fail(TG_INVALID_ARGUMENT, "TG-0111",
         "[" + spec_.name + "] the op does not have these attributes. Received: " + brief(values) +
             ". Its signature is " + api().op->definition(spec_.op)->signature + ".");
  }
  [[noreturn]] void refuse(const AttrSpec& spec, PyObject* value) {
    static const char* const names[] = {"absent",  "an int", "a float", "a bool",   "a string",
                                        "a dtype", "ints",   "floats",  "a tensor", "a function"};
    PyErr_Clear();
    fail(TG_INVALID_ARGUMENT, "TG-0111",
         "[" + spec_.name + "] " + spec.name + " must be " + names[spec.kind] + ". Received: " + spec.name + "=" +
             brief(value) + " of type " + Py_TYPE(value)->tp_name + ". Its signature is " +
             api().op->definition(spec_.op)->signature + ".");
  }

  int64_t integer(const AttrSpec& spec, PyObject* value) {
    PyObject* index = is_tensor(value) || PyFloat_Check(value) ? nullptr : PyNumber_Index(value);
    if (index == nullptr) return integers(spec, value, true).front();
    int overflow = 0;
    int64_t number = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (overflow != 0) refuse(spec, value);
    return number;
  }

  // From a concrete tensor of integers.
  std::vector<int64_t> integers(const AttrSpec& spec, PyObject* value, bool one) {
    if (PyErr_Occurred() != nullptr) PyErr_Clear();
    TensorRef tensor = is_tensor(value) ? TensorRef::share(tensor_of(value)) : as_tensor(value);
    if (!tensor) refuse(spec, value);
    tg_tensor_desc desc = describe_data(tensor.get(), spec_.name.c_str());
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

  void set_ints(const AttrSpec& spec, PyObject* value, tg_attr& attr) {
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

  double number(const AttrSpec& spec, PyObject* value) {
    double result = PyFloat_AsDouble(value);
    if (result == -1.0 && PyErr_Occurred() != nullptr) refuse(spec, value);
    return result;
  }

  void set_floats(const AttrSpec& spec, PyObject* value, tg_attr& attr) {
    floats_.emplace_front();
    std::vector<double>& floats = floats_.front();
    py::object items = py::reinterpret_steal<py::object>(PyUnicode_Check(value) ? nullptr : PySequence_Fast(value, ""));
    if (!items) refuse(spec, value);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i)
      floats.push_back(number(spec, PySequence_Fast_GET_ITEM(items.ptr(), i)));
    attr.floats = floats.data();
    attr.count = floats.size();
  }

  void set(const AttrSpec& spec, PyObject* value) {
    if (value == Py_None) return;
    tg_attr attr{};
    attr.struct_size = sizeof(attr);
    attr.name = spec.name.c_str();
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
        kept_.push_front(wrap(convert(value, 0, 0, spec_.name.c_str()).release()));
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

  const OpSpec& spec_;
  Small<tg_attr, 6> attrs_;
  std::forward_list<std::vector<int64_t>> ints_;
  std::forward_list<std::vector<double>> floats_;
  std::forward_list<PyObject*> kept_;
};

bool runs_long(const OpSpec& spec, Inputs& inputs) {
  const int64_t threshold = 4096;
  if (spec.may_grow) return true;
  int64_t total = 0;
  for (size_t i = 0; i < inputs.size(); ++i) total += element_count(describe(inputs.data()[i]));
  return total > threshold;
}

}  // namespace

PyObject* execute(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return guard([&]() -> PyObject* {
    if (count < 2 || count > 3 || !PyTuple_Check(args[1]))
      throw py::type_error("execute(op, inputs: tuple, attributes=None)");
    const OpSpec& spec = op_spec(args[0]);
    Inputs inputs(spec, args[1]);
    Attrs attrs(spec, count == 3 ? args[2] : nullptr);
    const size_t capacity = 16;
    tg_tensor* few[capacity];
    tg_tensor** outputs = few;
    size_t num_outputs = capacity;
    std::vector<tg_tensor*> many;
    if (spec.any_number) {
      many.resize(65536);
      outputs = many.data();
      num_outputs = many.size();
    }
    tg_status* status;
    bool eager = api().eager->executing_eagerly() != 0;
    if (!eager) before_node();
    if (eager && runs_long(spec, inputs)) {
      py::gil_scoped_release release;
      status = api().eager->execute(spec.op, inputs.data(), inputs.size(), attrs.data(), attrs.size(), outputs,
                                    &num_outputs);
    } else {
      status = api().eager->execute(spec.op, inputs.data(), inputs.size(), attrs.data(), attrs.size(), outputs,
                                    &num_outputs);
    }
    check(status);
    auto result = [&](size_t i) {
      return wrap(outputs[i], eager ? nullptr : PyUnicode_FromFormat("%s:%zu", spec.name.c_str(), i));
    };
    if (num_outputs == 1) return result(0);
    if (num_outputs == 0) Py_RETURN_NONE;
    PyObject* results = PyTuple_New(static_cast<Py_ssize_t>(num_outputs));
    if (results == nullptr) throw py::error_already_set();
    for (size_t i = 0; i < num_outputs; ++i) PyTuple_SET_ITEM(results, static_cast<Py_ssize_t>(i), result(i));
    return results;
  });
}

}  // namespace tgpy
