// Whole graphs: compile reads the function once, run queues all of it as one piece of work.
#include <memory>

#include "null_device.hpp"

namespace null_device {
namespace {

struct Node {
  Kernel kernel;
  std::vector<int64_t> inputs;
  int64_t output;
};

struct Executable {
  std::vector<std::vector<int64_t>> dims;  // of each value
  std::vector<Node> nodes;
  std::vector<int64_t> outputs;            // values
};
using Shared = std::shared_ptr<const Executable>;  // queued runs outlive destroy_executable

}  // namespace

tg_status* compile(void*, int32_t, tg_function* function, void** executable) {
  auto made = std::make_shared<Executable>();
  const tg_function_api& functions = *api->function;
  tg_tensor_desc desc = {};
  desc.struct_size = sizeof(desc);
  for (size_t i = 0; i < functions.num_values(function); ++i) {
    if (tg_status* failed = functions.value_type(function, i, &desc)) return failed;
    made->dims.emplace_back(desc.dims, desc.dims + desc.rank);
  }
  for (size_t i = 0; i < functions.num_nodes(function); ++i) {
    tg_node_view view = {};
    view.struct_size = sizeof(view);
    if (tg_status* failed = functions.node(function, i, &view)) return failed;
    made->nodes.push_back({find_kernel(view.op), {view.inputs, view.inputs + view.num_inputs}, view.outputs[0]});
  }
  for (size_t i = 0; i < functions.num_outputs(function); ++i) {
    int64_t value = 0;
    if (tg_status* failed = functions.output_value(function, i, &value)) return failed;
    made->outputs.push_back(value);
  }
  *executable = new Shared(std::move(made));
  return nullptr;
}

tg_status* run(void*, int32_t ordinal, void* executable, const tg_tensor_desc* inputs, size_t num_inputs,
               const tg_tensor_desc* outputs, size_t num_outputs, tg_event** done) {
  std::vector<Array> in, out;
  std::vector<tg_event*> reads;
  for (size_t i = 0; i < num_inputs; ++i) {
    in.push_back(array_of(inputs[i]));
    if (inputs[i].ready) reads.push_back(inputs[i].ready);
  }
  for (size_t i = 0; i < num_outputs; ++i) out.push_back(array_of(outputs[i]));
  auto work = [program = *static_cast<Shared*>(executable), in = std::move(in), out = std::move(out)] {
    std::vector<Array> values(program->dims.size());
    std::vector<std::vector<float>> scratch;  // of what stays inside
    for (size_t i = 0; i < in.size(); ++i) values[i] = in[i];
    for (size_t i = 0; i < out.size(); ++i) values[static_cast<size_t>(program->outputs[i])] = out[i];
    for (const Node& node : program->nodes) {
      std::vector<Array> arguments;
      for (int64_t input : node.inputs) arguments.push_back(values[static_cast<size_t>(input)]);
      Array& result = values[static_cast<size_t>(node.output)];
      if (result.data == nullptr) {
        result.dims = program->dims[static_cast<size_t>(node.output)];
        scratch.emplace_back(static_cast<size_t>(result.count()));
        result.data = scratch.back().data();
      }
      node.kernel(arguments, result);
    }
  };
  return enqueue(ordinal, std::move(reads), std::move(work), done);
}

void destroy_executable(void*, void* executable) { delete static_cast<Shared*>(executable); }

}  // namespace null_device
