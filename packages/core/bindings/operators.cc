// The operators of tensors and indexing with ints and slices, as slots of the type: no Python code runs between
// `x + y` and the op. What needs thought is left to the package: tensegra._operators and tensegra._indexing.
#include "native.h"

namespace tgpy {

namespace {

// An operator: the op that it stands for, and where there is another one for the other dtypes, that one.
struct Operator {
  const char* name;
  const char* other;  // "" hands over to a function of tensegra._operators
  int first;          // name is meant for dtypes from first to last
  int last;
  PyOp* op;
  PyOp* other_op;
};

enum : size_t {
  kAdd, kSubtract, kMultiply, kFloorDiv, kFloorMod, kPow, kMatmul, kDivide, kAnd, kOr, kXor, kInvert,
  kNegative, kAbs, kLess, kLessEqual, kEqual, kNotEqual, kGreater, kGreaterEqual, kCount
};

Operator table[kCount] = {
    {"add", nullptr, 0, 0, nullptr, nullptr},
    {"subtract", nullptr, 0, 0, nullptr, nullptr},
    {"multiply", nullptr, 0, 0, nullptr, nullptr},
    {"floordiv", nullptr, 0, 0, nullptr, nullptr},
    {"floormod", nullptr, 0, 0, nullptr, nullptr},
    {"pow", nullptr, 0, 0, nullptr, nullptr},
    {"matmul", nullptr, 0, 0, nullptr, nullptr},
    {"divide", "", TG_FLOAT16, TG_COMPLEX128, nullptr, nullptr},
    {"logical_and", "bitwise_and", TG_BOOL, TG_BOOL, nullptr, nullptr},
    {"logical_or", "bitwise_or", TG_BOOL, TG_BOOL, nullptr, nullptr},
    {"logical_xor", "bitwise_xor", TG_BOOL, TG_BOOL, nullptr, nullptr},
    {"logical_not", "invert", TG_BOOL, TG_BOOL, nullptr, nullptr},
    {"negative", nullptr, 0, 0, nullptr, nullptr},
    {"abs", nullptr, 0, 0, nullptr, nullptr},
    {"less", nullptr, 0, 0, nullptr, nullptr},
    {"less_equal", nullptr, 0, 0, nullptr, nullptr},
    {"equal", nullptr, 0, 0, nullptr, nullptr},
    {"not_equal", nullptr, 0, 0, nullptr, nullptr},
    {"greater", nullptr, 0, 0, nullptr, nullptr},
    {"greater_equal", nullptr, 0, 0, nullptr, nullptr},
};
PyOp* strided_slice = nullptr;

// A function of the package, imported when it is first needed.
PyObject* package_function(const char* module, const char* name) {
  return py::object(py::module_::import(module).attr(name)).release().ptr();  // lives as long as the process
}

// Whether an operator failed because the other side is of a class of its own, which may know what to do.
bool is_foreign(PyObject* x, PyObject* y) {
  if (is_tensor(x) && is_tensor(y)) return false;
  PyObject *type = nullptr, *error = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &error, &trace);
  PyErr_NormalizeException(&type, &error, &trace);
  static PyObject* judge = package_function("tensegra._operators", "_foreign");
  PyObject* answer = PyObject_CallFunctionObjArgs(judge, error, is_tensor(x) ? y : x, nullptr);
  if (answer == nullptr) PyErr_Clear();  // an error of another kind
  bool foreign = answer == Py_True;
  Py_XDECREF(answer);
  if (foreign) {
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(trace);
  } else {
    PyErr_Restore(type, error, trace);
  }
  return foreign;
}

PyObject* apply(size_t which, PyObject* const* values, size_t count) {
  const Operator& entry = table[which];
  PyOp* op = entry.op;
  if (entry.other != nullptr) {
    int dtype = describe(tensor_of(is_tensor(values[0]) ? values[0] : values[1])).dtype;
    if (dtype < entry.first || dtype > entry.last) op = entry.other_op;
    if (op == nullptr) {
      static PyObject* truediv = package_function("tensegra._operators", "_truediv");
      return PyObject_Vectorcall(truediv, values, count, nullptr);
    }
  }
  PyObject* result = call_op(reinterpret_cast<PyObject*>(op), values, count, nullptr);
  if (result != nullptr || count == 1 || !is_foreign(values[0], values[1])) return result;
  return Py_NewRef(Py_NotImplemented);
}

template <size_t Which>
PyObject* binary(PyObject* x, PyObject* y) {
  return guard([&] {
    PyObject* values[] = {x, y};
    return apply(Which, values, 2);
  });
}
template <size_t Which>
PyObject* unary(PyObject* x) {
  return guard([&] { return apply(Which, &x, 1); });
}
PyObject* power(PyObject* x, PyObject* y, PyObject* modulus) {
  if (modulus != Py_None) return Py_NewRef(Py_NotImplemented);
  return binary<kPow>(x, y);
}
PyObject* compare(PyObject* x, PyObject* y, int how) {
  static const size_t order[] = {kLess, kLessEqual, kEqual, kNotEqual, kGreater, kGreaterEqual};  // as Py_LT...
  if (y == Py_None && (how == Py_EQ || how == Py_NE)) return PyBool_FromLong(how == Py_NE);
  return guard([&] {
    PyObject* values[] = {x, y};
    return apply(order[how], values, 2);
  });
}

// A key of ints, slices with plain bounds, `...` and None as the attributes of strided_slice.
class SliceKey {
 public:
  // False where the key, or an entry of it, needs the package.
  bool read(PyObject* key, int rank) {
    if (!PyTuple_Check(key)) return add(key) && used_ <= rank;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); ++i)
      if (!add(PyTuple_GET_ITEM(key, i))) return false;
    return used_ <= rank;
  }
  bool changes() const { return changes_; }
  size_t fill(tg_attr* attrs) const {
    size_t count = 0;
    for (size_t i = 0; i < 8; ++i) {
      if (i >= 3 && masks_[i - 3] == 0) continue;
      tg_attr& attr = attrs[count++] = tg_attr{};
      attr.struct_size = sizeof(tg_attr);
      attr.name = strided_slice->schema->attrs[i].name;
      attr.kind = strided_slice->schema->attrs[i].kind;
      if (i < 3) {
        attr.ints = bounds_[i];
        attr.count = count_;
      } else {
        attr.i = masks_[i - 3];
      }
    }
    return count;
  }

 private:
  static constexpr size_t kMost = 2 * TG_MAX_RANK;
  enum Mask : size_t { kBegin, kEnd, kEllipsis, kNewAxis, kShrink };

  bool add(PyObject* entry) {
    if (count_ == kMost) return false;
    int64_t bit = int64_t{1} << count_;
    if (PyLong_CheckExact(entry)) {
      int64_t at = 0;
      if (!number(entry, &at) || at == INT64_MAX) return false;
      place(at, at + 1, 1);
      masks_[kShrink] |= bit;
      ++used_;
      return changes_ = true;
    }
    if (entry == Py_None) {
      place(0, 0, 1);
      masks_[kNewAxis] |= bit;
      return changes_ = true;
    }
    if (entry == Py_Ellipsis) {
      if (masks_[kEllipsis] != 0) return false;
      place(0, 0, 1);
      masks_[kEllipsis] |= bit;
      return true;
    }
    if (!PySlice_Check(entry)) return false;
    PySliceObject* slice = reinterpret_cast<PySliceObject*>(entry);
    int64_t start = 0, stop = 0, step = 1;
    if (!bound(slice->start, &start) || !bound(slice->stop, &stop) || !bound(slice->step, &step) || step == 0)
      return false;
    place(start, stop, step);
    if (slice->start == Py_None) masks_[kBegin] |= bit;
    if (slice->stop == Py_None) masks_[kEnd] |= bit;
    changes_ = changes_ || slice->start != Py_None || slice->stop != Py_None || step != 1;
    ++used_;
    return true;
  }
  static bool number(PyObject* value, int64_t* out) {
    int overflow = 0;
    *out = PyLong_AsLongLongAndOverflow(value, &overflow);
    return overflow == 0;
  }
  static bool bound(PyObject* value, int64_t* out) {
    return value == Py_None || (PyLong_CheckExact(value) && number(value, out));
  }
  void place(int64_t begin, int64_t end, int64_t stride) {
    bounds_[0][count_] = begin;
    bounds_[1][count_] = end;
    bounds_[2][count_++] = stride;
  }

  int64_t bounds_[3][kMost];
  int64_t masks_[5] = {};
  size_t count_ = 0;
  int used_ = 0;
  bool changes_ = false;
};

PyObject* subscript(PyObject* self, PyObject* key) {
  return guard([&]() -> PyObject* {
    tg_tensor* tensor = tensor_of(self);
    SliceKey plain;
    int rank = describe(tensor).rank;
    if (rank < 0 || !plain.read(key, rank)) {
      static PyObject* index = package_function("tensegra._indexing", "index");
      return PyObject_CallFunctionObjArgs(index, self, key, nullptr);
    }
    if (!plain.changes()) return Py_NewRef(self);
    tg_attr attrs[8];
    size_t count = plain.fill(attrs);
    return run_op(*strided_slice, &tensor, 1, attrs, count);
  });
}

template <class F>
void* slot(F* function) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

PyType_Slot operator_slots[] = {{Py_nb_add, slot(binary<kAdd>)},
                                {Py_nb_subtract, slot(binary<kSubtract>)},
                                {Py_nb_multiply, slot(binary<kMultiply>)},
                                {Py_nb_floor_divide, slot(binary<kFloorDiv>)},
                                {Py_nb_remainder, slot(binary<kFloorMod>)},
                                {Py_nb_power, slot(power)},
                                {Py_nb_matrix_multiply, slot(binary<kMatmul>)},
                                {Py_nb_true_divide, slot(binary<kDivide>)},
                                {Py_nb_and, slot(binary<kAnd>)},
                                {Py_nb_or, slot(binary<kOr>)},
                                {Py_nb_xor, slot(binary<kXor>)},
                                {Py_nb_invert, slot(unary<kInvert>)},
                                {Py_nb_negative, slot(unary<kNegative>)},
                                {Py_nb_absolute, slot(unary<kAbs>)},
                                {Py_tp_richcompare, slot(compare)},
                                {Py_mp_subscript, slot(subscript)},
                                {0, nullptr}};

void load_operators() {
  for (Operator& entry : table) {
    entry.op = find_op(entry.name);
    if (entry.other != nullptr && *entry.other != '\0') entry.other_op = find_op(entry.other);
  }
  strided_slice = find_op("strided_slice");
}

}  // namespace tgpy
