// The module tensegra._native: variables, models, devices, and the rest of the C interface.
#include "native.h"

namespace tgpy {

const tg_api* engine = nullptr;

namespace {

// ---- variables

struct ResourceRef {
  explicit ResourceRef(tg_resource* owned = nullptr) : resource(owned) {}
  ~ResourceRef() {
    if (resource != nullptr) api().resource->release(resource);
  }
  ResourceRef(const ResourceRef&) = delete;
  tg_resource* resource;
};

py::object variable_create(const std::string& name, int dtype, py::handle shape, bool trainable, py::handle initial) {
  Dims dims = dims_of(shape);
  TensorRef value;
  if (!initial.is_none()) value = convert(initial.ptr(), dtype, 0, "Variable");
  ResourceRef variable;
  check(api().resource->variable_create(name.c_str(), dtype, dims.rank, dims.sizes, trainable, value.get(),
                                        &variable.resource));
  tg_tensor* out = nullptr;
  check(api().resource->to_tensor(variable.resource, &out));
  return wrap_object(out);
}

tg_resource* resource_of(py::handle handle) {
  TensorRef tensor = convert(handle.ptr(), 0, 0, "Variable");
  tg_resource* out = nullptr;
  check(api().resource->from_tensor(tensor.get(), &out));
  return out;
}

py::object variable_read(py::handle handle) {
  ResourceRef variable(resource_of(handle));
  tg_tensor* out = nullptr;
  check(api().resource->variable_read(variable.resource, &out));
  return wrap_object(out);
}

void variable_assign(py::handle handle, py::handle value) {
  ResourceRef variable(resource_of(handle));
  TensorRef tensor = convert(value.ptr(), 0, 0, "Variable.assign");
  check(api().resource->variable_assign(variable.resource, tensor.get()));
}

// ---- events

struct Event {
  Event() { check(api().event->create(&event)); }
  ~Event() { api().event->release(event); }
  Event(const Event&) = delete;
  tg_event* event = nullptr;
};

void event_wait(Event& self) {
  tg_status* status;
  {
    py::gil_scoped_release release;
    status = api().event->wait(self.event);
  }
  check(status);
}

// ---- models

struct Model {
  Model(const std::string& path, bool mmap) {
    tg_model_options options{};
    options.struct_size = sizeof(options);
    options.no_mmap = mmap ? 0 : 1;
    tg_status* status;
    {
      py::gil_scoped_release release;
      status = api().model->load(path.c_str(), &options, &model);
    }
    check(status);
  }
  ~Model() { api().model->destroy(model); }
  Model(const Model&) = delete;
  size_t signature(const std::string& name) const {
    size_t index = 0;
    check(api().model->find_signature(model, name.c_str(), &index));
    return index;
  }
  tg_model* model = nullptr;
};

using Describe = tg_status* (*)(const tg_model*, size_t, size_t, const char**, tg_tensor_desc*);

py::list signature_side(const Model& self, const std::string& name, size_t (*count)(const tg_model*, size_t),
                        Describe side) {
  size_t index = self.signature(name);
  py::list result;
  for (size_t i = 0; i < count(self.model, index); ++i) {
    const char* entry = nullptr;
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(side(self.model, index, i, &entry, &desc));
    result.append(py::make_tuple(entry, desc.dtype, shape_tuple(desc)));
  }
  return result;
}

py::list run(Model& self, const std::string& name, py::handle inputs) {
  size_t index = self.signature(name);
  TensorList in(inputs);
  std::vector<tg_tensor*> outputs(api().model->signature_num_outputs(self.model, index), nullptr);
  tg_status* status;
  {
    py::gil_scoped_release release;
    status = api().model->run(self.model, index, in.data(), in.size(), outputs.data(), outputs.size());
  }
  check(status);
  return wrap_all(outputs);
}

}  // namespace

void add_model_types(py::module_& module) {
  py::class_<Model>(module, "Model")
      .def_static(
          "load", [](const std::string& path, bool mmap) { return std::make_unique<Model>(path, mmap); },
          py::arg("path"), py::arg("mmap") = true)
      .def("signatures",
           [](const Model& self) {
             std::vector<std::string> names;
             for (size_t i = 0; i < api().model->num_signatures(self.model); ++i)
               names.emplace_back(api().model->signature_name(self.model, i));
             return names;
           })
      .def("signature_inputs",
           [](const Model& self, const std::string& name) {
             return signature_side(self, name, api().model->signature_num_inputs, api().model->signature_input);
           })
      .def("signature_outputs",
           [](const Model& self, const std::string& name) {
             return signature_side(self, name, api().model->signature_num_outputs, api().model->signature_output);
           })
      .def("run", &run)
      .def("function",
           [](const Model& self, const std::string& name) {
             tg_function* out = nullptr;
             check(api().model->function(self.model, name.c_str(), &out));
             return wrap_function(out);
           })
      .def("object_tensor",
           [](const Model& self, size_t object) {
             tg_tensor* out = nullptr;
             check(api().model->object_tensor(self.model, object, &out));
             return wrap_object(out);
           })
      .def("proto", [](const Model& self) {
        const void* bytes = nullptr;
        size_t size = 0;
        check(api().model->proto(self.model, &bytes, &size));
        return py::bytes(static_cast<const char*>(bytes), size);
      });

  py::class_<Event>(module, "Event")
      .def(py::init<>())
      .def("signal", [](Event& self) { check(api().event->signal(self.event, nullptr)); })
      .def_property_readonly("is_ready", [](Event& self) { return api().event->is_ready(self.event) != 0; })
      .def("wait", &event_wait);
}

namespace {

void add_runtime(py::module_& module) {
  module.def(
      "tensor",
      [](py::handle value, int dtype, bool) {
        TensorRef made = convert(value.ptr(), dtype, 0, "convert_to_tensor");
        tg_device* device = api().device->current();
        if (device == nullptr || is_tensor(value.ptr()) || !api().eager->executing_eagerly())
          return wrap_object(made.release());
        tg_tensor* there = nullptr;
        check(api().device->copy(made.get(), device, &there));
        return wrap_object(there);
      },
      py::arg("value"), py::arg("dtype_number") = 0, py::arg("copy") = true);
  module.def("natural_dtype", [](py::handle value) { return natural_dtype(value.ptr()); });
  module.def("variable_create", &variable_create);
  module.def("variable_read", &variable_read);
  module.def("variable_assign", &variable_assign);
  module.def("load_plugin", [](const std::string& path) { check(api().plugin->load(path.c_str())); });
  module.def("devices", [] {
    std::vector<std::string> names;
    for (size_t i = 0; i < api().device->count(); ++i) names.emplace_back(api().device->name(api().device->at(i)));
    return names;
  });
  module.def("enter_device", [](py::handle name) {
    tg_device* device = nullptr;
    if (!name.is_none()) check(api().device->find(name.cast<std::string>().c_str(), &device));
    check(api().device->enter(device));
  });
  module.def("leave_device", [] { check(api().device->leave()); });
  module.def("memory_info", [] {
    tg_memory_info info{};
    info.struct_size = sizeof(info);
    check(api().eager->memory(&info));
    return py::make_tuple(info.current, info.peak, info.cached, info.limit);
  });
  module.def("reset_memory_peak", [] { api().eager->reset_memory_peak(); });
  module.def("set_memory_limit", [](int64_t bytes) { check(api().eager->set_memory_limit(bytes)); });
  module.def("start_profile", [](size_t most) { check(api().profiler->start(most)); });
  module.def("stop_profile", [] {
    py::list rows;
    size_t dropped = 0;
    const tg_record_fn add = [](void* context, const tg_kernel_record* record) {
      static_cast<py::list*>(context)->append(py::make_tuple(record->op, record->start_ns, record->end_ns, record->bytes,
                                                             record->operations, record->thread,
                                                             record->in_graph != 0));
    };
    check(api().profiler->stop(add, &rows, &dropped));
    return py::make_tuple(rows, dropped);
  });
  module.def("set_check_numerics", [](bool enabled) { api().profiler->set_check_numerics(enabled); });
  module.def("trim_memory", [] { api().eager->trim_memory(); });
  module.def("set_num_threads", [](int count) { check(api().eager->set_num_threads(count)); });
  module.def("num_threads", [] { return api().eager->num_threads(); });
  module.def("set_error_factory", &set_error_factory);
  module.attr("release") = api().release;
  module.attr("abi_version") = py::make_tuple(api().major, api().minor);
}

// Warnings of the engine and of plug-ins become Python's, which a filter may turn into exceptions.
tg_status* warn(void*, const char* error_code, const char* message) {
  py::gil_scoped_acquire acquire;
  std::string text = std::string(message) + " (" + error_code + ")";
  if (PyErr_WarnEx(PyExc_RuntimeWarning, text.c_str(), 1) == 0) return nullptr;
  return park_python_error();
}

PyMethodDef raw_methods[] = {
    {"execute", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(execute)), METH_FASTCALL,
     "execute(op, inputs, attributes=None): runs an op, or adds a node where a graph is traced."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

}  // namespace tgpy

PYBIND11_MODULE(_native, module) {
  module.doc() = "The engine of Tensegra, through its C interface. Private: see the package's public names.";
  tgpy::engine = tg_get_api(TG_ABI_MAJOR);
  if (tgpy::engine == nullptr) {
    throw pybind11::import_error("libtensegra does not have version " + std::to_string(TG_ABI_MAJOR) +
                                 " of the C interface: reinstall tensegra-core");
  }
  tgpy::engine->status->set_warning_handler(tgpy::warn, nullptr);
  tgpy::load_numpy();
  tgpy::add_tensor_type(module);
  tgpy::add_op_type(module);
  tgpy::load_operators();
  tgpy::add_tape_type(module);
  tgpy::add_python_call(module);
  tgpy::add_graph_types(module);
  tgpy::add_call_type(module);
  tgpy::add_model_types(module);
  tgpy::add_runtime(module);
  if (PyModule_AddFunctions(module.ptr(), tgpy::raw_methods) != 0) throw pybind11::error_already_set();
}
