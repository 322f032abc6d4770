// From Python values to tensors. Python floats become float32, ints int32 (int64 where they do not fit), as in
// TensorFlow; NumPy values keep their dtype unless the caller names another of the same kind.
#include <cmath>

#include "native.h"

namespace tgpy {

namespace {

PyObject* array_class = nullptr;    // numpy.ndarray
PyObject* generic_class = nullptr;  // numpy.generic
PyObject* numpy_array = nullptr;    // numpy.array
PyObject* numpy_asarray = nullptr;
PyObject* as_tensor_name = nullptr;
PyObject* number_name = nullptr;

enum Kind : unsigned {
  kBool = 1,
  kInt = 2,
  kFloat = 4,
  kComplex = 8,
  kString = 16,
  kArray = 32,
  kTensor = 64,
  kOther = 128
};

bool is_text(PyObject* value) { return PyUnicode_Check(value) || PyBytes_Check(value); }

// A sequence whose items are the rows of a tensor.
bool is_nest(PyObject* value) {
  if (PyList_Check(value) || PyTuple_Check(value) || PyRange_Check(value)) return true;
  if (is_text(value) || is_array(value) || !PySequence_Check(value)) return false;
  return !PyObject_HasAttrString(value, "keys") && !PyObject_HasAttrString(value, "__array__");
}

unsigned kind_of(PyObject* value) {
  if (PyFloat_CheckExact(value)) return kFloat;
  if (PyBool_Check(value)) return kBool;
  if (PyLong_CheckExact(value)) return kInt;
  if (is_tensor(value)) return kTensor;
  if (is_array(value)) return kArray;
  if (is_text(value)) return kString;
  if (PyFloat_Check(value)) return kFloat;
  if (PyLong_Check(value)) return kInt;
  if (PyComplex_Check(value)) return kComplex;
  if (PyObject_HasAttr(value, as_tensor_name)) return kTensor;
  return kOther;
}

// What a walk over a nest of Python values has found.
struct Scan {
  int rank = -1;
  int64_t dims[TG_MAX_RANK];
  unsigned kinds = 0;
  bool wide = false;  // an int outside int32
  bool ragged = false;
  PyObject* odd = nullptr;     // a value that is not convertible (borrowed)
  PyObject* tensor = nullptr;  // the first tensor or array (borrowed)

  void walk(PyObject* value, int depth) {
    if (ragged || odd != nullptr) return;
    unsigned kind = kind_of(value);
    if (kind == kOther && is_nest(value)) {
      walk_nest(value, depth);
      return;
    }
    if (rank >= 0 && rank != depth && (kind & (kArray | kTensor)) == 0 && (kinds & (kArray | kTensor)) == 0)
      ragged = true;
    if (rank < 0) rank = depth;
    kinds |= kind;
    if (kind == kInt) {
      int overflow = 0;
      long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
      if (overflow != 0 || number < INT32_MIN || number > INT32_MAX) wide = true;
    } else if (kind == kOther) {
      odd = value;
    } else if ((kind & (kArray | kTensor)) != 0 && tensor == nullptr) {
      tensor = value;
    }
  }

 private:
  void walk_nest(PyObject* value, int depth) {
    if (depth >= TG_MAX_RANK) {
      ragged = true;
      return;
    }
    py::object items = py::reinterpret_steal<py::object>(PySequence_Fast(value, "not a sequence"));
    if (!items) throw py::error_already_set();
    Py_ssize_t size = PySequence_Fast_GET_SIZE(items.ptr());
    if (depth >= known_) {
      dims[depth] = size;
      known_ = depth + 1;
      if (rank >= 0 && rank <= depth) ragged = true;
    } else if (dims[depth] != size) {
      ragged = true;
    }
    if (size == 0 && rank < 0) rank = depth + 1;
    for (Py_ssize_t i = 0; i < size; ++i) walk(PySequence_Fast_GET_ITEM(items.ptr(), i), depth + 1);
  }
  int known_ = 0;
};

int natural_of(const Scan& scan) {
  switch (scan.kinds) {
    case 0:
      return TG_FLOAT32;  // empty
    case kBool:
      return TG_BOOL;
    case kInt:
      return scan.wide ? TG_INT64 : TG_INT32;
    case kFloat:
    case kFloat | kInt:
      return TG_FLOAT32;
    case kString:
      return TG_STRING;
    default:
      if ((scan.kinds & kComplex) != 0 && (scan.kinds & ~(kComplex | kFloat | kInt)) == 0) return TG_COMPLEX128;
      return TG_DTYPE_INVALID;
  }
}

// Whether values of a dtype may become another: within a kind, or to a wider kind.
bool converts(int from, int to) {
  auto level = [](int dtype) {
    if (dtype == TG_BOOL) return 0;
    if (dtype == TG_STRING) return 10;
    if (dtype >= TG_INT8 && dtype <= TG_UINT64) return 1;
    if (dtype >= TG_FLOAT16 && dtype <= TG_FLOAT64) return 2;
    if (dtype == TG_COMPLEX64 || dtype == TG_COMPLEX128) return 3;
    return 11;
  };
  int a = level(from), b = level(to);
  return from == to || (a == b && a < 10) || (a > 0 && b > 0 && a < b && b < 10);
}

int choose(int natural, int dtype, uint64_t mask) {
  if (dtype != 0 || mask == 0 || (mask >> natural & 1) != 0) return dtype != 0 ? dtype : natural;
  for (int candidate : {TG_FLOAT32, TG_FLOAT64, TG_INT32, TG_INT64, TG_UINT8}) {
    if ((mask >> candidate & 1) != 0 && converts(natural, candidate)) return candidate;
  }
  return natural;
}

[[noreturn]] void refuse(PyObject* value, const char* where, const char* rule, int dtype) {
  std::string text = std::string("[") + where + "] " + rule + ". Received: value=" + brief(value) + " of type " +
                     Py_TYPE(value)->tp_name;
  if (dtype != 0) text += std::string(", dtype=") + dtype_name(dtype);
  fail(TG_INVALID_ARGUMENT, "TG-0117",
       text + ". Use numbers, strings, equal nested lists, arrays or tensors of that dtype, or tg.cast.");
}

uint16_t bfloat16_bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  if (std::isnan(value)) return 0x7FC0;
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

void append_text(PyObject* leaf, std::vector<int64_t>& offsets, std::string& bytes) {
  const char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_Check(leaf)) {
    data = PyBytes_AS_STRING(leaf);
    size = PyBytes_GET_SIZE(leaf);
  } else if ((data = PyUnicode_AsUTF8AndSize(leaf, &size)) == nullptr) {
    throw py::error_already_set();
  }
  bytes.append(data, static_cast<size_t>(size));
  offsets.push_back(static_cast<int64_t>(bytes.size()));
}

TensorRef from_text_array(const py::array& array, const char* where) {
  std::vector<int64_t> offsets = {0};
  std::string bytes;
  py::list items(array.attr("ravel")().attr("tolist")());
  for (py::handle item : items) {
    if (!is_text(item.ptr())) refuse(item.ptr(), where, "an array of objects may hold strings only", TG_STRING);
    append_text(item.ptr(), offsets, bytes);
  }
  std::vector<int64_t> dims(array.shape(), array.shape() + array.ndim());
  tg_tensor* out = nullptr;
  check(api().tensor->create_strings(static_cast<int>(dims.size()), dims.data(), offsets.data(), bytes.data(), &out));
  return TensorRef::adopt(out);
}

int number_of(const py::dtype& dtype) {
  static const int ints[] = {TG_INT8, TG_INT16, 0, TG_INT32, 0, 0, 0, TG_INT64};
  static const int uints[] = {TG_UINT8, TG_UINT16, 0, TG_UINT32, 0, 0, 0, TG_UINT64};
  py::ssize_t size = dtype.itemsize();
  switch (dtype.kind()) {
    case 'b':
      return TG_BOOL;
    case 'i':
      return size >= 1 && size <= 8 ? ints[size - 1] : 0;
    case 'u':
      return size >= 1 && size <= 8 ? uints[size - 1] : 0;
    case 'f':
      return size == 2 ? TG_FLOAT16 : size == 4 ? TG_FLOAT32 : size == 8 ? TG_FLOAT64 : 0;
    case 'c':
      return size == 8 ? TG_COMPLEX64 : size == 16 ? TG_COMPLEX128 : 0;
    case 'S':
    case 'U':
    case 'O':
      return TG_STRING;
    case 'V':
      return py::str(dtype.attr("name")).cast<std::string>() == "bfloat16" ? TG_BFLOAT16 : 0;
    default:
      return 0;
  }
}

TensorRef from_array(py::array array, int dtype, const char* where) {
  int number = number_of(array.dtype());
  if (number == TG_STRING && dtype != 0 && dtype != TG_STRING) {
    refuse(array.ptr(), where, "the array cannot become that dtype", dtype);
  }
  if (number == 0) refuse(array.ptr(), where, "no tensor dtype stands for the array's", 0);
  if (dtype == 0) dtype = number;
  if (!converts(number, dtype)) refuse(array.ptr(), where, "the array cannot become that dtype without loss", dtype);
  if (array.ndim() > TG_MAX_RANK) {
    fail(TG_INVALID_ARGUMENT, "TG-0103",
         std::string("[") + where +
             "] a tensor has at most 8 dimensions. Received: rank=" + std::to_string(array.ndim()) + ".");
  }
  if (number == TG_STRING) return from_text_array(array, where);
  bool by_bits = dtype == TG_BFLOAT16 && number != TG_BFLOAT16;
  int target = by_bits ? TG_FLOAT32 : dtype;
  if (number != target) {
    py::array converted = array.attr("astype")(numpy_dtype(target));
    bool narrows = target >= TG_INT8 && target <= TG_UINT64;
    if (narrows && !(converted.attr("__eq__")(array)).attr("all")().cast<bool>()) {
      refuse(array.ptr(), where, "a value does not fit the dtype", dtype);
    }
    array = converted;
  } else if (!py::cast<bool>(array.dtype().attr("isnative"))) {
    array = array.attr("astype")(array.dtype().attr("newbyteorder")("="));
  }
  array = py::array::ensure(array, py::array::c_style);
  if (!array) throw py::error_already_set();
  int64_t dims[TG_MAX_RANK];
  for (py::ssize_t i = 0; i < array.ndim(); ++i) dims[i] = array.shape(i);
  tg_tensor* out = nullptr;
  if (by_bits) {
    void* data = nullptr;
    check(api().tensor->create(dtype, static_cast<int>(array.ndim()), dims, &data, &out));
    const float* from = static_cast<const float*>(array.data());
    for (py::ssize_t i = 0; i < array.size(); ++i) static_cast<uint16_t*>(data)[i] = bfloat16_bits(from[i]);
  } else {
    check(api().tensor->create_copy(dtype, static_cast<int>(array.ndim()), dims, array.data(),
                                    static_cast<size_t>(array.nbytes()), &out));
  }
  return TensorRef::adopt(out);
}

// Python numbers and strings, or a nest of them, through NumPy.
TensorRef from_python(PyObject* value, int natural, int dtype, const char* where) {
  // Ints are read as NumPy finds them, so that those above int64 are seen to be so; floats at full precision.
  const char* read = natural == TG_INT32 || natural == TG_INT64 ? nullptr : dtype_name(natural);
  if (natural == TG_FLOAT32) read = "float64";
  if (natural == TG_STRING) read = "O";
  py::object array;
  try {
    array = py::handle(numpy_array)(py::handle(value), read != nullptr ? py::object(py::str(read)) : py::none());
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_OverflowError) && !error.matches(PyExc_ValueError)) throw;
  }
  if (!array) refuse(value, where, "a value does not fit the dtype", dtype);
  return from_array(array, dtype, where);
}

// Python floats, or ints, alone or in a flat list: the frequent literals; nothing where NumPy is needed.
TensorRef from_numbers(PyObject* const* items, int64_t count, int rank, int dtype, uint64_t mask) {
  bool real = count > 0 && PyFloat_CheckExact(items[0]), narrow = true;
  for (int64_t i = 0; i < count; ++i) {
    if (real ? !PyFloat_CheckExact(items[i]) : !PyLong_CheckExact(items[i])) return TensorRef();
    int overflow = 0;
    long long whole = real ? 0 : PyLong_AsLongLongAndOverflow(items[i], &overflow);
    if (overflow != 0) return TensorRef();
    narrow = narrow && whole >= INT32_MIN && whole <= INT32_MAX;
  }
  int chosen = choose(real ? TG_FLOAT32 : narrow ? TG_INT32 : TG_INT64, dtype, mask);
  bool to_real = chosen == TG_FLOAT32 || chosen == TG_FLOAT64;
  if (count == 0 || !(to_real || (!real && (chosen == TG_INT64 || (chosen == TG_INT32 && narrow))))) return TensorRef();
  void* data = nullptr;
  tg_tensor* out = nullptr;
  check(api().tensor->create(chosen, rank, &count, &data, &out));
  for (int64_t i = 0; i < count; ++i) {
    if (chosen == TG_FLOAT32) static_cast<float*>(data)[i] = static_cast<float>(PyFloat_AsDouble(items[i]));
    if (chosen == TG_FLOAT64) static_cast<double*>(data)[i] = PyFloat_AsDouble(items[i]);
    if (chosen == TG_INT32) static_cast<int32_t*>(data)[i] = static_cast<int32_t>(PyLong_AsLong(items[i]));
    if (chosen == TG_INT64) static_cast<int64_t*>(data)[i] = PyLong_AsLongLong(items[i]);
  }
  return TensorRef::adopt(out);
}

// A nest with tensors in it: its rows are stacked, so that gradients flow.
TensorRef from_mixed(PyObject* value, int dtype, const char* where) {
  if (!is_nest(value)) return convert(value, dtype, 0, where);
  std::vector<TensorRef> rows;
  std::vector<tg_tensor*> handles;
  for (py::handle row : py::reinterpret_borrow<py::iterable>(value)) {
    rows.push_back(from_mixed(row.ptr(), dtype, where));
    handles.push_back(rows.back().get());
  }
  const tg_op* stack = nullptr;
  check(api().op->find("stack", &stack));
  tg_tensor* out = nullptr;
  size_t count = 1;
  check(api().eager->execute(stack, handles.data(), handles.size(), nullptr, 0, &out, &count));
  return TensorRef::adopt(out);
}

}  // namespace

bool is_array(PyObject* value) {
  return PyObject_TypeCheck(value, reinterpret_cast<PyTypeObject*>(array_class)) ||
         PyObject_TypeCheck(value, reinterpret_cast<PyTypeObject*>(generic_class));
}

TensorRef as_tensor(PyObject* value) {
  if (PyFloat_CheckExact(value) || PyLong_CheckExact(value) || PyBool_Check(value) || PyList_CheckExact(value) ||
      PyTuple_CheckExact(value) || is_text(value) || is_array(value))
    return TensorRef();
  PyObject* method = PyObject_GetAttr(value, as_tensor_name);
  if (method == nullptr) {
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) throw py::error_already_set();
    PyErr_Clear();
    return TensorRef();
  }
  py::object result = py::reinterpret_steal<py::object>(PyObject_CallNoArgs(method));
  Py_DECREF(method);
  if (!result) throw py::error_already_set();
  if (!is_tensor(result.ptr())) refuse(result.ptr(), "convert_to_tensor", "_as_tensor() must return a tensor", 0);
  return TensorRef::share(tensor_of(result.ptr()));
}

TensorRef convert(PyObject* value, int dtype, uint64_t mask, const char* where) {
  TensorRef tensor = is_tensor(value) ? TensorRef::share(tensor_of(value)) : as_tensor(value);
  if (tensor) {
    if (dtype != 0 && describe(tensor.get()).dtype != dtype)
      refuse(value, where, "the tensor has another dtype", dtype);
    return tensor;
  }
  bool list = PyList_CheckExact(value) || PyTuple_CheckExact(value);
  TensorRef numbers = list ? from_numbers(PySequence_Fast_ITEMS(value), PySequence_Fast_GET_SIZE(value), 1, dtype, mask)
                           : from_numbers(&value, 1, 0, dtype, mask);
  if (numbers) return numbers;
  if (is_array(value)) {
    py::object array = py::reinterpret_borrow<py::object>(value);
    if (!py::isinstance<py::array>(array)) array = py::handle(numpy_asarray)(array);
    return from_array(array, dtype, where);
  }
  Scan scan;
  scan.walk(value, 0);
  if (scan.odd == value && PyObject_HasAttrString(value, "__array__")) {
    py::object array = py::handle(numpy_asarray)(py::handle(value));
    return from_array(array, dtype, where);
  }
  if (scan.odd != nullptr)
    refuse(scan.odd, where, "the value is no number, string, nested list, array or tensor", dtype);
  if (scan.ragged) refuse(value, where, "nested lists must have equal lengths, at most 8 deep", dtype);
  if ((scan.kinds & kTensor) != 0) {
    if (dtype == 0) dtype = natural_dtype(value);
    return from_mixed(value, dtype, where);
  }
  if ((scan.kinds & kArray) != 0) {
    py::object array;
    try {
      array = py::handle(numpy_asarray)(py::handle(value));
    } catch (py::error_already_set& error) {
      if (!error.matches(PyExc_ValueError)) throw;
    }
    if (!array) refuse(value, where, "nested arrays must have equal shapes", dtype);
    return from_array(array, dtype, where);
  }
  int natural = natural_of(scan);
  if (natural == 0) refuse(value, where, "bools, numbers and strings cannot share a tensor", dtype);
  bool empty = scan.kinds == 0;
  int chosen = choose(natural, dtype, mask);
  if (empty && dtype == 0 && mask != 0 && (mask >> chosen & 1) == 0) chosen = TG_INT32;
  if (empty) {  // nothing to convert: any dtype will do
    py::object array = py::module_::import("numpy").attr("zeros")(
        std::vector<int64_t>(scan.dims, scan.dims + scan.rank),
        chosen == TG_STRING ? py::dtype("O") : numpy_dtype(chosen == TG_BFLOAT16 ? TG_FLOAT32 : chosen));
    return from_array(array, chosen, where);
  }
  if (!converts(natural, chosen)) refuse(value, where, "the value cannot become that dtype", chosen);
  return from_python(value, natural, chosen, where);
}

int natural_dtype(PyObject* value) {
  if (is_tensor(value)) return describe(tensor_of(value)).dtype;
  if (is_array(value)) return number_of(py::reinterpret_borrow<py::object>(value).attr("dtype"));
  Scan scan;
  scan.walk(value, 0);
  if (scan.odd != nullptr || scan.ragged) return 0;
  if ((scan.kinds & kTensor) != 0) {
    TensorRef tensor = as_tensor(scan.tensor);
    return tensor ? describe(tensor.get()).dtype : natural_dtype(scan.tensor);
  }
  return (scan.kinds & kArray) != 0 ? natural_dtype(scan.tensor) : natural_of(scan);
}

int dtype_number(py::handle dtype) {
  PyObject* number = PyLong_Check(dtype.ptr()) ? py::reinterpret_borrow<py::object>(dtype).release().ptr()
                                               : PyObject_GetAttr(dtype.ptr(), number_name);
  if (number == nullptr) {
    PyErr_Clear();
    py::object converted = py::module_::import("tensegra._dtypes").attr("as_dtype")(dtype);
    number = PyObject_GetAttr(converted.ptr(), number_name);
    if (number == nullptr) throw py::error_already_set();
  }
  long value = PyLong_AsLong(number);
  Py_DECREF(number);
  if (value == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return static_cast<int>(value);
}

const char* dtype_name(int dtype) {
  const char* name = api().dtype->name(dtype);
  return name != nullptr ? name : "invalid";
}

py::dtype numpy_dtype(int dtype) {
  static PyObject* cache[TG_RESOURCE + 1] = {};  // lives as long as the process
  PyObject*& entry = cache[dtype];
  if (entry == nullptr) {
    std::string name = dtype_name(dtype);
    if (dtype == TG_BFLOAT16) {
      try {
        entry = py::dtype::from_args(py::module_::import("ml_dtypes").attr("bfloat16")).release().ptr();
        return py::reinterpret_borrow<py::dtype>(entry);
      } catch (py::error_already_set& error) {
        if (!error.matches(PyExc_ImportError)) throw;
        name = "uint16";
      }
    }
    entry = py::dtype(name).release().ptr();
  }
  return py::reinterpret_borrow<py::dtype>(entry);
}

void load_numpy() {
  py::module_ numpy = py::module_::import("numpy");
  array_class = py::object(numpy.attr("ndarray")).release().ptr();
  generic_class = py::object(numpy.attr("generic")).release().ptr();
  numpy_array = py::object(numpy.attr("array")).release().ptr();
  numpy_asarray = py::object(numpy.attr("asarray")).release().ptr();
  as_tensor_name = PyUnicode_InternFromString("_as_tensor");
  number_name = PyUnicode_InternFromString("_number");
}

}  // namespace tgpy
