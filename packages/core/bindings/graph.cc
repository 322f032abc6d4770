// Graphs being traced, and functions.
#include "native.h"
#include "tensegra/c/passes.h"

namespace tgpy {

namespace {

PyObject* source_hook = nullptr;

// ---- graphs

struct Graph {
  explicit Graph(const std::string& name) { check(api().graph->create(name.c_str(), &graph)); }
  ~Graph() { api().graph->destroy(graph); }
  Graph(const Graph&) = delete;
  tg_graph* graph = nullptr;
};

void enter(tg_graph* graph) {
  check(api().graph->enter(graph));
  graph_stack().push_back(graph);
}

void leave() {
  check(api().graph->leave());
  if (!graph_stack().empty()) graph_stack().pop_back();
}

// ---- functions

struct Function {
  explicit Function(tg_function* owned) : function(owned) {}
  ~Function() { api().function->release(function); }
  Function(const Function&) = delete;
  tg_function* function;
};

using FunctionPointer = std::unique_ptr<Function>;

void append_text(void* context, const char* text, size_t size) {
  static_cast<std::string*>(context)->append(text, size);
}

py::object attr_value(const tg_attr& attr) {
  switch (attr.kind) {
    case TG_ATTR_INT:
      return py::int_(attr.i);
    case TG_ATTR_FLOAT:
      return py::float_(attr.f);
    case TG_ATTR_BOOL:
      return py::bool_(attr.i != 0);
    case TG_ATTR_STRING:
      return py::str(attr.s, attr.count);
    case TG_ATTR_DTYPE:
      return py::str(dtype_name(static_cast<int>(attr.i)));
    case TG_ATTR_INTS:
      return py::cast(std::vector<int64_t>(attr.ints, attr.ints + attr.count));
    case TG_ATTR_FLOATS:
      return py::cast(std::vector<double>(attr.floats, attr.floats + attr.count));
    case TG_ATTR_TENSOR:
      return wrap_object(TensorRef::share(attr.tensor).release());
    case TG_ATTR_FUNCTION:
      api().function->retain(attr.function);
      return wrap_function(attr.function);
    default:
      return py::none();
  }
}

tg_node_view node_view(const Function& self, size_t index) {
  tg_node_view view{};
  view.struct_size = sizeof(view);
  check(api().function->node(self.function, index, &view));
  return view;
}

py::tuple node(const Function& self, size_t index) {
  tg_node_view view = node_view(self, index);
  return py::make_tuple(view.op, view.name != nullptr ? view.name : "",
                        view.source != nullptr ? py::object(py::str(view.source)) : py::none(),
                        std::vector<int64_t>(view.inputs, view.inputs + view.num_inputs),
                        std::vector<int64_t>(view.outputs, view.outputs + view.num_outputs));
}

py::dict node_attrs(const Function& self, size_t index) {
  py::dict attrs;
  size_t count = node_view(self, index).num_attrs;
  for (size_t i = 0; i < count; ++i) {
    tg_attr attr{};
    attr.struct_size = sizeof(attr);
    check(api().function->node_attr(self.function, index, i, &attr));
    attrs[attr.name] = attr_value(attr);
  }
  return attrs;
}

py::list call(const Function& self, py::handle inputs) {
  TensorList in(inputs);
  std::vector<tg_tensor*> outputs(api().function->num_outputs(self.function), nullptr);
  if (!api().eager->executing_eagerly()) before_node();
  tg_status* status;
  {
    py::gil_scoped_release release;
    status = api().function->call(self.function, in.data(), in.size(), outputs.data(), outputs.size());
  }
  check(status);
  return wrap_all(outputs);
}

std::string written(tg_status* (*write)(const tg_function*, tg_text_fn, void*), const Function& self) {
  std::string text;
  check(write(self.function, &append_text, &text));
  return text;
}

FunctionPointer parse(const std::string& text) {
  tg_function* out = nullptr;
  check(api().function->parse(text.data(), text.size(), &out));
  return FunctionPointer(new Function(out));
}

FunctionPointer deserialize(py::bytes bytes, py::handle captures) {
  TensorList bound(captures);
  std::string_view view = bytes;
  tg_function* out = nullptr;
  check(api().function->deserialize(view.data(), view.size(), bound.data(), bound.size(), &out));
  return FunctionPointer(new Function(out));
}

// d sum(ys * seeds) / d xs in the graph being traced; None where an x does not matter.
py::list graph_gradients(py::handle ys, py::handle xs, py::handle seeds, py::handle stops) {
  TensorList targets(ys), sources(xs), weights(seeds, true), ends(stops);
  std::vector<tg_tensor*> results(sources.size(), nullptr);
  before_node();
  check(api().graph->gradients(graph_stack().empty() ? nullptr : graph_stack().back(), targets.data(), targets.size(),
                               sources.data(), sources.size(), weights.data(), ends.data(), ends.size(),
                               results.data()));
  return wrap_all(results);
}

const tg_passes_api& passes_api() { return *reinterpret_cast<const tg_passes_api*>(tg_get_api(TG_PASSES_API)); }

py::list passes() {
  py::list list;
  for (size_t i = 0; i < passes_api().num_passes(); ++i) {
    tg_pass_view view{};
    view.struct_size = sizeof(view);
    check(passes_api().pass(i, &view));
    list.append(py::make_tuple(view.name, view.summary, view.exact != 0, view.enabled != 0));
  }
  return list;
}

py::dict statistics(const Function& self, py::handle inputs, bool optimized) {
  TensorList in(inputs);
  tg_graph_statistics found{};
  found.struct_size = sizeof(found);
  check(passes_api().statistics(self.function, in.data(), in.size(), optimized, &found));
  py::dict result;
  result["nodes"] = found.num_nodes;
  result["instructions"] = found.num_instructions;
  result["operations"] = found.operations;
  result["bytes"] = found.bytes;
  result["arena_bytes"] = found.arena_bytes;
  result["peak_bytes"] = found.peak_bytes;
  return result;
}

void add_function_type(py::module_& module) {
  py::class_<Function, FunctionPointer>(module, "Function")
      .def_static("create",
                  [](Graph& graph, py::handle outputs) {
                    TensorList values(outputs);
                    tg_function* out = nullptr;
                    check(api().function->create(graph.graph, values.data(), values.size(), &out));
                    return FunctionPointer(new Function(out));
                  })
      .def_static("parse", &parse)
      .def_static("deserialize", &deserialize)
      .def_property_readonly("name", [](const Function& self) { return api().function->name(self.function); })
      .def_property_readonly("num_inputs",
                             [](const Function& self) { return api().function->num_inputs(self.function); })
      .def_property_readonly("num_captures",
                             [](const Function& self) { return api().function->num_captures(self.function); })
      .def_property_readonly("num_outputs",
                             [](const Function& self) { return api().function->num_outputs(self.function); })
      .def_property_readonly("num_nodes", [](const Function& self) { return api().function->num_nodes(self.function); })
      .def_property_readonly("num_values",
                             [](const Function& self) { return api().function->num_values(self.function); })
      .def("value_type",
           [](const Function& self, size_t index) {
             tg_tensor_desc desc{};
             desc.struct_size = sizeof(desc);
             check(api().function->value_type(self.function, index, &desc));
             return py::make_tuple(desc.dtype, shape_tuple(desc));
           })
      .def("input_name",
           [](const Function& self, size_t index) { return api().function->input_name(self.function, index); })
      .def("output_value",
           [](const Function& self, size_t index) {
             int64_t value = 0;
             check(api().function->output_value(self.function, index, &value));
             return value;
           })
      .def("node", &node)
      .def("node_attrs", &node_attrs)
      .def("capture",
           [](const Function& self, size_t index) {
             tg_tensor* out = nullptr;
             check(api().function->capture(self.function, index, &out));
             return wrap_object(out);
           })
      .def("call", &call)
      .def("verify", [](const Function& self) { check(api().function->verify(self.function)); })
      .def("optimized_text",
           [](const Function& self) {
             std::string text;
             check(passes_api().print_optimized(self.function, &append_text, &text));
             return text;
           })
      .def("statistics", &statistics)
      .def("text", [](const Function& self) { return written(api().function->print, self); })
      .def("serialize", [](const Function& self) { return py::bytes(written(api().function->serialize, self)); });
}

}  // namespace

std::vector<tg_graph*>& graph_stack() {
  thread_local std::vector<tg_graph*> stack;
  return stack;
}

void before_node() {
  if (source_hook == nullptr || graph_stack().empty() || graph_stack().back() == nullptr) return;
  py::object source = py::reinterpret_steal<py::object>(PyObject_CallNoArgs(source_hook));
  if (!source) throw py::error_already_set();
  const char* text = source.is_none() ? nullptr : PyUnicode_AsUTF8(source.ptr());
  if (text == nullptr && !source.is_none()) throw py::error_already_set();
  check(api().graph->set_source(graph_stack().back(), text));
}

tg_function* function_of(py::handle object) { return object.cast<Function&>().function; }

py::object wrap_function(tg_function* function) { return py::cast(FunctionPointer(new Function(function))); }

void add_graph_types(py::module_& module) {
  py::class_<Graph>(module, "Graph")
      .def(py::init<const std::string&>())
      .def("enter", [](Graph& self) { enter(self.graph); })
      .def("leave", [](Graph&) { leave(); })
      .def("add_input",
           [](Graph& self, const std::string& name, int dtype, py::handle shape) {
             Dims dims = dims_of(shape);
             tg_tensor* out = nullptr;
             check(api().graph->add_input(self.graph, name.c_str(), dtype, dims.rank, dims.sizes, &out));
             return py::reinterpret_steal<py::object>(wrap(out, PyUnicode_FromString((name + ":0").c_str())));
           })
      .def("capture",
           [](Graph& self, py::handle tensor) {
             TensorRef captured = convert(tensor.ptr(), 0, 0, "capture");
             tg_tensor* out = nullptr;
             check(api().graph->capture(self.graph, captured.get(), &out));
             return wrap_object(out);
           })
      .def(
          "set_source", [](Graph& self, const char* source) { check(api().graph->set_source(self.graph, source)); },
          py::arg().none(true))
      .def_property_readonly("num_nodes", [](Graph& self) { return api().graph->num_nodes(self.graph); });
  module.def("lift", [] { enter(nullptr); });
  module.def("leave", &leave);
  module.def("graph_gradients", &graph_gradients);
  module.def("executing_eagerly", [] { return api().eager->executing_eagerly() != 0; });
  module.def("set_source_hook", [](py::object hook) {
    Py_XDECREF(source_hook);
    source_hook = hook.is_none() ? nullptr : hook.release().ptr();
  });
  module.def("passes", &passes);
  module.def("set_pass", [](const std::string& name, bool enabled) {
    check(passes_api().set_pass(name.c_str(), enabled));
  });
  add_function_type(module);
}

}  // namespace tgpy
