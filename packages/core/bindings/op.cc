// _native.Op: a registered op with its signature, parsed once.
//
//   name(arg: Type, args: [Type], *, attr: kind = default, attr: kind?) -> Type, Type
#include <algorithm>
#include <unordered_map>

#include "native.h"

namespace tgpy {

PyTypeObject* op_type = nullptr;

namespace {

std::string strip(const std::string& text) {
  size_t begin = text.find_first_not_of(" \n\t");
  size_t end = text.find_last_not_of(" \n\t");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

// Splits at separator, but not inside brackets or quotes.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  bool quoted = false;
  for (char c : text) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c == '[' || c == '(')) ++depth;
    if (!quoted && (c == ']' || c == ')')) --depth;
    if (c == separator && depth == 0 && !quoted) {
      parts.push_back(strip(part));
      part.clear();
    } else {
      part += c;
    }
  }
  if (!strip(part).empty()) parts.push_back(strip(part));
  return parts;
}

// The set of these dtypes; 0 where every dtype is allowed.
uint64_t mask_of(const std::string& names, char separator) {
  uint64_t mask = 0;
  for (const std::string& name : split(names, separator)) {
    if (name == "any") return 0;
    if (!name.empty()) mask |= uint64_t{1} << api().dtype->from_name(name.c_str());
  }
  return mask;
}

int kind_of(const std::string& name) {
  static const std::unordered_map<std::string, int> kinds = {
      {"int", TG_ATTR_INT},       {"float", TG_ATTR_FLOAT},   {"bool", TG_ATTR_BOOL},
      {"str", TG_ATTR_STRING},    {"dtype", TG_ATTR_DTYPE},   {"ints", TG_ATTR_INTS},
      {"floats", TG_ATTR_FLOATS}, {"tensor", TG_ATTR_TENSOR}, {"function", TG_ATTR_FUNCTION}};
  auto found = kinds.find(name);
  return found != kinds.end() ? found->second : static_cast<int>(TG_ATTR_NONE);
}

ArgSpec parse_input(const std::string& name, std::string type,
                    const std::unordered_map<std::string, uint64_t>& variables, std::vector<std::string>& seen) {
  ArgSpec arg;
  arg.name = name;
  arg.list = type.front() == '[';
  if (arg.list) type = strip(type.substr(1, type.size() - 2));
  std::string first = strip(type.substr(0, type.find('|')));
  auto variable = variables.find(first);
  if (variable == variables.end()) {
    arg.mask = mask_of(type, '|');
    return arg;
  }
  arg.mask = variable->second;
  if (first != type && arg.mask != 0) arg.mask |= mask_of(type.substr(type.find('|') + 1), '|');
  auto known = std::find(seen.begin(), seen.end(), first);
  arg.variable = static_cast<int>(known - seen.begin());
  if (known == seen.end()) seen.push_back(first);
  return arg;
}

OpSpec* parse(const tg_op* op) {
  const tg_op_def* def = api().op->definition(op);
  OpSpec* spec = new OpSpec();
  spec->op = op;
  spec->name = api().op->name(op);
  std::unordered_map<std::string, uint64_t> variables;
  for (const std::string& row : split(def->types != nullptr ? def->types : "", ';')) {
    size_t colon = row.find(':');
    variables[strip(row.substr(0, colon))] = mask_of(strip(row.substr(colon + 1)), ' ');
  }
  std::string signature = def->signature;
  size_t open = signature.find('('), arrow = signature.rfind("->"), close = signature.rfind(')', arrow);
  bool attributes = false;
  for (const std::string& part : split(signature.substr(open + 1, close - open - 1), ',')) {
    if (part == "*") {
      attributes = true;
      continue;
    }
    size_t colon = part.find(':'), equals = part.find('=');
    std::string name = strip(part.substr(0, colon));
    std::string type = strip(part.substr(colon + 1, equals == std::string::npos ? equals : equals - colon - 1));
    if (!attributes) {
      spec->inputs.push_back(parse_input(name, type, variables, spec->variables));
      continue;
    }
    bool optional = type.back() == '?';
    if (optional) type.pop_back();
    spec->attrs.push_back(
        {name, PyUnicode_InternFromString(name.c_str()), kind_of(type), optional || equals != std::string::npos});
  }
  std::string results = arrow == std::string::npos ? "" : strip(signature.substr(arrow + 2));
  spec->num_outputs = results.empty() ? 0 : split(results, ',').size();
  spec->may_grow = (def->effects & TG_EFFECT_RANDOM) != 0;
  for (const char* name : {"fill", "broadcast_to", "tile", "one_hot", "range"}) spec->may_grow |= spec->name == name;
  return spec;
}

// Objects live as long as the process, as the ops do.
PyOp* object_of(const tg_op* op) {
  static std::unordered_map<const tg_op*, PyOp*> objects;
  PyOp*& object = objects[op];
  if (object == nullptr) {
    object = PyObject_New(PyOp, op_type);
    if (object == nullptr) throw py::error_already_set();
    object->spec = parse(op);
  }
  return object;
}

const tg_op_def* definition(PyObject* self) { return api().op->definition(reinterpret_cast<PyOp*>(self)->spec->op); }

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
  return PyUnicode_FromString(reinterpret_cast<PyOp*>(self)->spec->name.c_str());
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

PyType_Slot slots[] = {{Py_tp_getset, getters}, {Py_tp_repr, reinterpret_cast<void*>(repr)}, {0, nullptr}};
PyType_Spec type_spec = {"tensegra._native.Op", sizeof(PyOp), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                         slots};

}  // namespace

PyOp* find_op(const char* name) {
  const tg_op* op = nullptr;
  check(api().op->find(name, &op));
  return object_of(op);
}

const OpSpec& op_spec(PyObject* op_or_name) {
  if (Py_TYPE(op_or_name) == op_type) return *reinterpret_cast<PyOp*>(op_or_name)->spec;
  if (!PyUnicode_Check(op_or_name)) throw py::type_error("execute needs an op or its name");
  const char* name = PyUnicode_AsUTF8(op_or_name);
  if (name == nullptr) throw py::error_already_set();
  return *find_op(name)->spec;
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
}

}  // namespace tgpy
