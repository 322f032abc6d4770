// Python functions as nodes of graphs: a resource holds the function, an op calls it.
#include "native.h"

namespace tgpy {

namespace {

void destroy_object(void* self) {
#if PY_VERSION_HEX >= 0x030D0000
  bool gone = !Py_IsInitialized() || Py_IsFinalizing();
#else
  bool gone = !Py_IsInitialized() || _Py_IsFinalizing();
#endif
  if (gone) return;
  py::gil_scoped_acquire acquire;
  Py_DECREF(static_cast<PyObject*>(self));
}

const tg_resource_type object_type = {sizeof(tg_resource_type), "python_function", destroy_object};

py::object python_function(py::object function) {
  tg_resource* resource = nullptr;
  check(api().resource->create(&object_type, function.inc_ref().ptr(), &resource));
  tg_tensor* tensor = nullptr;
  tg_status* status = api().resource->to_tensor(resource, &tensor);
  api().resource->release(resource);
  check(status);
  return wrap_object(tensor);
}

struct Pause {
  Pause() { api().tape->pause_all(); }
  ~Pause() { api().tape->resume_all(); }
};

tg_attr attribute(tg_op_context* context, const char* name) {
  tg_attr attr{};
  attr.struct_size = sizeof(attr);
  check(api().op->attr(context, name, &attr));
  return attr;
}

tg_status* infer(tg_op_context* context) {
  tg_attr dtypes{};
  dtypes.struct_size = sizeof(dtypes);
  if (tg_status* status = api().op->attr(context, "dtypes", &dtypes)) return status;
  for (size_t i = 0; i < dtypes.count; ++i) {
    int32_t dtype = static_cast<int32_t>(dtypes.ints[i]);
    if (api().dtype->name(dtype) == nullptr || dtype == TG_RESOURCE || dtypes.ints[i] != dtype)
      return api().status->create(TG_INVALID_ARGUMENT, "TG-0106", "dtypes must be those of tensors.");
    if (tg_status* status = api().op->set_output_type(context, i, dtype, -1, nullptr)) return status;
  }
  return nullptr;
}

tg_status* kernel(tg_op_context* context) {
  py::gil_scoped_acquire acquire;
  Pause pause;
  PyObject* ok = guard([&]() -> PyObject* {
    tg_tensor* handle = nullptr;
    check(api().op->input_tensor(context, 0, &handle));
    TensorRef first = TensorRef::adopt(handle);
    tg_resource* resource = nullptr;
    check(api().resource->from_tensor(first.get(), &resource));
    bool right = api().resource->type(resource) == &object_type;
    py::object function =
        right ? py::reinterpret_borrow<py::object>(static_cast<PyObject*>(api().resource->self(resource))) : py::none();
    api().resource->release(resource);
    if (!right) fail(TG_INVALID_ARGUMENT, "TG-0501", "[py_function] the first input must be a Python function.");
    py::list inputs;
    for (size_t i = 1; i < api().op->num_inputs(context); ++i) {
      tg_tensor* input = nullptr;
      check(api().op->input_tensor(context, i, &input));
      inputs.append(wrap_object(input));
    }
    tg_attr wanted = attribute(context, "wanted");
    TensorList results(function(inputs, attribute(context, "gradients").i,
                                std::vector<int64_t>(wanted.ints, wanted.ints + wanted.count)));
    size_t count = api().op->num_outputs(context);
    if (results.size() != count)
      fail(TG_INVALID_ARGUMENT, "TG-0523",
           "[py_function] the function must return one value for each dtype of Tout. Received: " +
               std::to_string(results.size()) + " for " + std::to_string(count) + ".");
    for (size_t i = 0; i < count; ++i) check(api().op->set_output_tensor(context, i, results.data()[i]));
    return Py_None;
  });
  return ok != nullptr ? nullptr : park_python_error();
}

// The function is called again, under a tape: inputs, then a gradient for each output.
tg_status* gradient(tg_op_context* context) {
  std::vector<TensorRef> owned;
  std::vector<tg_tensor*> inputs, outputs;
  std::vector<int64_t> dtypes;
  std::vector<int64_t> wanted;  // positions among what the function takes
  auto add = [&](tg_tensor* tensor) {
    owned.push_back(TensorRef::adopt(tensor));
    inputs.push_back(tensor);
  };
  for (size_t i = 0; i < api().op->num_inputs(context); ++i) {
    tg_tensor* tensor = nullptr;
    if (tg_status* status = api().op->input_tensor(context, i, &tensor)) return status;
    add(tensor);
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    if (tg_status* status = api().tensor->describe(tensor, &desc)) return status;
    if (i == 0 || !api().op->needs_gradient(context, i)) continue;
    wanted.push_back(static_cast<int64_t>(i) - 1);
    dtypes.push_back(desc.dtype);
  }
  int64_t count = 0;
  const tg_op *zeros = nullptr, *call = nullptr;
  if (tg_status* status = api().op->find("zeros_like", &zeros)) return status;
  if (tg_status* status = api().op->find("py_function", &call)) return status;
  for (size_t i = 0; i < api().op->num_outputs(context); ++i, ++count) {
    tg_tensor* tensor = nullptr;
    if (tg_status* status = api().op->output_gradient(context, i, &tensor)) return status;
    if (tensor == nullptr) {
      tg_tensor* output = nullptr;
      if (tg_status* status = api().op->output_tensor(context, i, &output)) return status;
      TensorRef like = TensorRef::adopt(output);
      size_t one = 1;
      if (tg_status* status = api().eager->execute(zeros, &output, 1, nullptr, 0, &tensor, &one)) return status;
    }
    add(tensor);
  }
  tg_attr attrs[3]{};
  for (tg_attr& attr : attrs) attr.struct_size = sizeof(tg_attr);
  attrs[0].name = "dtypes";
  attrs[0].kind = TG_ATTR_INTS;
  attrs[0].ints = dtypes.data();
  attrs[0].count = dtypes.size();
  attrs[1].name = "gradients";
  attrs[1].kind = TG_ATTR_INT;
  attrs[1].i = count;
  attrs[2].name = "wanted";
  attrs[2].kind = TG_ATTR_INTS;
  attrs[2].ints = wanted.data();
  attrs[2].count = wanted.size();
  outputs.resize(wanted.size());
  size_t made = outputs.size();
  if (tg_status* status = api().eager->execute(call, inputs.data(), inputs.size(), attrs, 3, outputs.data(), &made))
    return status;
  tg_status* status = nullptr;
  for (size_t k = 0; k < made; ++k) {
    TensorRef result = TensorRef::adopt(outputs[k]);
    if (status == nullptr) status = api().op->set_input_gradient(context, static_cast<size_t>(wanted[k]) + 1,
        result.get());
  }
  return status;
}

void add_op(const char* signature, const char* summary, tg_op_callback gradient_function) {
  tg_op_def def{};
  def.struct_size = sizeof(def);
  def.signature = signature;
  def.types = def.names = def.example = def.samples = "";
  def.summary = summary;
  def.doc = "Args:\n  function: a resource that holds it.\n  inputs: what it takes.\n  dtypes: the dtypes of what it "
            "returns.\n  gradients: how many of the inputs are gradients of its results; 0: it is called as it is.\n"
            "  wanted: of which inputs the gradients are wanted then.\n\n"
            "Returns:\n  What it returns.\n";
  def.since = "2.0";
  def.infer = infer;
  def.kernel = kernel;
  def.gradient = gradient_function;
  def.version = 1;
  def.effects = TG_EFFECT_WRITES;
  def.in_place = -1;
  check(api().op->register_op(&def));
}

}  // namespace

void add_python_call(py::module_& module) {
  add_op("py_function(function: resource, inputs: [any], *, dtypes: ints, gradients: int = 0, wanted: ints = []) -> [any]",
         "Calls a Python function of tensors.", gradient);
  add_op("numpy_function(function: resource, inputs: [any], *, dtypes: ints, gradients: int = 0, wanted: ints = []) -> [any]",
         "Calls a Python function of arrays.", nullptr);
  module.def("python_function", &python_function);
}

}  // namespace tgpy
