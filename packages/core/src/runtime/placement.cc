#include "runtime/placement.h"

#include <new>
#include <set>

#include "autodiff/tape.h"
#include "base/status.h"
#include "device/device.h"
#include "graph/known_value.h"
#include "runtime/device_call.h"
#include "runtime/dispatch.h"
#include "runtime/function.h"
#include "runtime/kernel_call.h"

namespace tg {
namespace {

tg_device* device_of(const tg_tensor& tensor) { return tensor.buffer ? tensor.buffer->device() : nullptr; }

// Once for each op and type of device.
void warn_of_fallback(const tg_device& device, const tg_op& op) {
  static Mutex mutex;
  static auto* warned = new std::set<std::string>;
  {
    std::lock_guard<Mutex> lock(mutex);
    if (mutex.take_abandoned()) warned = new std::set<std::string>;  // after a fork
    if (!warned->insert(device.type + " " + op.name).second) return;
  }
  warn("TG-0750", "[" + op.name + "] " + device.name +
                      " does not support this op: it runs on the CPU, and its inputs and results are copied.");
}

// Memory that a tensor of the host has alone: what kernels of the host may read.
void run_on_host(const tg_op& op, const Attrs& attrs, tg_tensor* const* inputs, size_t num_inputs,
                 TensorRef* outputs, size_t num_outputs) {
  std::vector<Slot> slots(num_inputs + num_outputs);
  std::vector<Slot*> places;
  for (Slot& slot : slots) places.push_back(&slot);
  for (size_t i = 0; i < num_inputs; ++i) slots[i].set(to_host(inputs[i]));
  ScopedDevice nowhere(nullptr);  // functions that a kernel calls see what it sees
  run_primitive(op, attrs, places.data(), num_inputs, places.data() + num_inputs, num_outputs);
  for (size_t i = 0; i < num_outputs; ++i) outputs[i] = std::move(slots[num_inputs + i].tensor);
}

void compose_on(tg_device* device, const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs,
                size_t num_inputs, TensorRef* outputs) {
  ScopedDevice here(device);
  run_composition(op, *attrs, inputs, num_inputs, outputs);
}

// Runs a call on target, one way or the other.
Placed run_there(tg_device* target, const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs,
                 size_t num_inputs, TensorRef* outputs, size_t num_outputs, bool parts_allowed) {
  std::vector<int> dtypes;
  std::vector<InferInput> types, readable;
  // State, strings and control flow are for the host alone.
  bool plain = op.def.effects == TG_EFFECT_NONE && !op.schema.has_functions;
  for (size_t i = 0; i < num_inputs; ++i) {
    tg_tensor* input = inputs[i];
    if (input->is_symbolic())
      throw invalid_argument("TG-0118", "[" + op.name + "] a value of a graph cannot be used outside of it",
                             "value of " + type_text(input->dtype, input->dims));
    dtypes.push_back(input->dtype);
    types.push_back({input->dtype, &input->dims, input->buffer ? input : nullptr});
    readable.push_back({input->dtype, &input->dims, input->buffer && !on_device(*input) ? input : nullptr});
    plain = plain && fits_devices(input->dtype);
  }
  // What a tape records of a composite is its parts.
  const bool supported = device_supports(*target, op, dtypes.data(), num_inputs) &&
                         !(op.is_composite() && parts_allowed && any_tape_records());
  std::vector<TensorType> inferred;
  if (op.def.infer) {
    inferred = infer(op, *attrs, types);
    // What follows from the shapes alone costs no copy of the data.
    bool computed = false;
    for (const InferInput& input : readable) computed = computed || input.value;
    if (!computed && inferred.size() == 1)
      if (TensorRef known = known_value(op, *attrs, readable.data(), num_inputs, inferred[0])) {
        outputs[0] = new_view(known.get(), known->dims);
        return Placed::kWhole;
      }
    if (op.is_view() && plain) {
      TensorRef base = copy_to_device(inputs[0], target);
      outputs[0] = new_view(base.get(), inferred[0].dims);
      return Placed::kWhole;
    }
  }
  if (supported) {
    DeviceCall call(target, op, *attrs, inputs, num_inputs, std::move(inferred));
    call.run();
    for (size_t i = 0; i < call.outputs.size(); ++i) outputs[i] = std::move(call.outputs[i]);
    return Placed::kWhole;
  }
  if (op.def.compose && parts_allowed) {
    compose_on(target, op, attrs, inputs, num_inputs, outputs);
    return Placed::kByParts;
  }
  if (plain) warn_of_fallback(*target, op);
  run_on_host(op, *attrs, inputs, num_inputs, outputs, num_outputs);
  for (size_t i = 0; plain && i < num_outputs; ++i) {
    TensorRef there = copy_to_device(outputs[i].get(), target);
    outputs[i] = std::move(there);
  }
  return Placed::kWhole;
}

// Where a call belongs: what asks for it, else where the inputs are; null: the host, and nothing to copy.
tg_device* place(tg_device* wanted, tg_tensor* const* inputs, size_t num_inputs) {
  tg_device* found = nullptr;
  for (size_t i = 0; i < num_inputs && !found; ++i) found = device_of(*inputs[i]);
  if (wanted) return wanted->is_host && !found ? nullptr : wanted;
  return found;
}

}  // namespace

Placed execute_placed(const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs, size_t num_inputs,
                      TensorRef* outputs) {
  tg_device* target = place(current_device(), inputs, num_inputs);
  if (target == nullptr) return Placed::kNot;
  if (!target->is_host) return run_there(target, op, attrs, inputs, num_inputs, outputs, op.schema.num_outputs, true);
  if (op.is_composite()) return Placed::kNot;  // its parts are placed one by one
  run_on_host(op, *attrs, inputs, num_inputs, outputs, op.schema.num_outputs);
  return Placed::kWhole;
}

namespace {

// A run of nodes that the device has compiled, or one node.
struct Step {
  std::vector<int> nodes;
  tg_device* device = nullptr;     // of a compiled run
  void* executable = nullptr;
  Ref<tg_function> function;       // what was compiled
  std::vector<int> inputs;         // values
  std::vector<int> outputs;
  std::vector<int> release;        // values that nobody reads any more
};

// The nodes as a graph of their own, with the types that the plan found.
std::unique_ptr<tg_graph> cut_out(const tg_graph& graph, const Plan& plan, const Step& step) {
  auto part = std::make_unique<tg_graph>(graph.name);
  std::vector<int> number(graph.values.size(), -1);
  auto add = [&](int value) {
    number[value] = static_cast<int>(part->values.size());
    part->values.push_back({plan.values[value].type, -1, nullptr});
  };
  for (int value : step.inputs) {
    add(value);
    part->inputs.push_back({number[value], "x" + std::to_string(part->inputs.size())});
  }
  for (int index : step.nodes) {
    Node node = graph.nodes[index];
    for (int& input : node.inputs) input = number[input];
    for (int& output : node.outputs) {
      add(output);
      output = number[output];
      part->values[output].node = static_cast<int>(part->nodes.size());
    }
    node.source = -1;
    part->nodes.push_back(std::move(node));
  }
  for (int value : step.outputs) part->outputs.push_back(number[value]);
  return part;
}

}  // namespace

struct PlacedPlans::Entry {
  std::shared_ptr<const Plan> plan;
  tg_device* device;
  std::vector<Step> steps;

  Entry(const tg_graph& graph, std::shared_ptr<const Plan> planned, tg_device* wanted)
      : plan(std::move(planned)), device(wanted) {
    for (size_t i = 0; i < graph.nodes.size();) {
      const Node& node = graph.nodes[i];
      if (node.outputs.size() == 1 && plan->values[node.outputs[0]].place == Place::kConstant) {
        ++i;
        continue;
      }
      Step step;
      step.nodes.push_back(static_cast<int>(i));
      tg_device* target = device_for(node);
      size_t end = i + 1;
      if (target && target->def.compile && compilable(graph, node, target)) {
        // Constants in between come with the nodes that read them.
        for (; end < graph.nodes.size(); ++end) {
          const Node& next = graph.nodes[end];
          if (next.outputs.size() == 1 && plan->values[next.outputs[0]].place == Place::kConstant) continue;
          if (device_for(next) != target || !compilable(graph, next, target)) break;
          step.nodes.push_back(static_cast<int>(end));
        }
        step.device = target;
      }
      steps.push_back(std::move(step));
      i = end;
    }
    connect(graph);
    for (Step& step : steps) compile(graph, step);
  }
  ~Entry() {
    for (Step& step : steps)
      if (step.executable && step.device->def.destroy_executable)
        step.device->def.destroy_executable(step.device->def.self, step.executable);
  }

 private:
  tg_device* device_for(const Node& node) const {
    tg_device* target = node.device ? node.device : device;
    return target && !target->is_host ? target : nullptr;
  }

  bool compilable(const tg_graph& graph, const Node& node, tg_device* target) const {
    std::vector<int> dtypes;
    for (int input : node.inputs) dtypes.push_back(plan->values[input].type.dtype);
    for (int output : node.outputs)
      if (!plan->values[output].type.dims.is_static() || !fits_devices(plan->values[output].type.dtype)) return false;
    for (int input : node.inputs)
      if (!plan->values[input].type.dims.is_static()) return false;
    (void)graph;
    return device_supports(*target, *node.op, dtypes.data(), dtypes.size());
  }

  // What goes in and out of each step, and what is over after it.
  void connect(const tg_graph& graph) {
    std::vector<int> made_in(graph.values.size(), -1), last(graph.values.size(), -1);
    std::vector<bool> leaves(graph.values.size(), false);
    for (size_t s = 0; s < steps.size(); ++s)
      for (int index : steps[s].nodes) {
        for (int input : graph.nodes[index].inputs) {
          last[input] = static_cast<int>(s);
          if (made_in[input] != static_cast<int>(s)) leaves[input] = true;
        }
        for (int output : graph.nodes[index].outputs) made_in[output] = last[output] = static_cast<int>(s);
      }
    for (int output : graph.outputs) {
      last[output] = -1;
      leaves[output] = true;
    }
    for (size_t s = 0; s < steps.size(); ++s) {
      std::set<int> taken;
      for (int index : steps[s].nodes) {
        for (int input : graph.nodes[index].inputs)
          if (made_in[input] != static_cast<int>(s) && taken.insert(input).second) steps[s].inputs.push_back(input);
        for (int output : graph.nodes[index].outputs)
          if (leaves[output]) steps[s].outputs.push_back(output);
      }
    }
    for (size_t v = 0; v < last.size(); ++v)
      if (last[v] >= 0) steps[last[v]].release.push_back(static_cast<int>(v));
  }

  void compile(const tg_graph& graph, Step& step) {
    if (step.device == nullptr || step.outputs.empty()) return;
    step.function = tg_function::as_given(cut_out(graph, *plan, step));
    const tg_device_def& def = step.device->def;
    tg_status* failed = def.compile(def.self, step.device->ordinal, step.function.get(), &step.executable);
    if (failed && failed->code == TG_UNIMPLEMENTED) {
      destroy_status(failed);
      step.executable = nullptr;
    } else {
      throw_status(failed, graph.name.c_str());
    }
  }
};

PlacedPlans::~PlacedPlans() = default;

bool PlacedPlans::concerns(const tg_graph& graph, const std::vector<TensorRef>& inputs) {
  tg_device* wanted = current_device();
  if (wanted && !wanted->is_host) return true;
  for (const TensorRef& input : inputs)
    if (on_device(*input)) return true;
  for (const Node& node : graph.nodes)
    if (node.device && !node.device->is_host) return true;
  return false;
}

// With the lock held. The child of a fork forgets entries that were being changed.
void PlacedPlans::check_whole() {
  if (mutex_.take_abandoned()) new (&entries_) decltype(entries_);
}

std::shared_ptr<PlacedPlans::Entry> PlacedPlans::get(const tg_graph& graph, std::shared_ptr<const Plan> plan,
                                                     tg_device* device) {
  {
    std::lock_guard<Mutex> lock(mutex_);
    check_whole();
    for (auto it = entries_.begin(); it != entries_.end(); ++it)
      if ((*it)->plan == plan && (*it)->device == device) {
        entries_.splice(entries_.begin(), entries_, it);
        return entries_.front();
      }
  }
  auto entry = std::make_shared<Entry>(graph, std::move(plan), device);
  std::lock_guard<Mutex> lock(mutex_);
  check_whole();
  entries_.push_front(entry);
  if (entries_.size() > kCapacity) entries_.pop_back();
  return entry;
}

std::vector<TensorRef> PlacedPlans::run(const tg_graph& graph, std::shared_ptr<const Plan> plan,
                                        const std::vector<TensorRef>& inputs) {
  tg_device* device = current_device();
  for (size_t i = 0; i < inputs.size() && !device; ++i) device = device_of(*inputs[i]);
  std::shared_ptr<Entry> entry = get(graph, plan, device);
  std::vector<TensorRef> values(graph.values.size());
  for (size_t i = 0; i < inputs.size(); ++i) values[i] = inputs[i];
  for (size_t i = 0; i < values.size(); ++i)
    if (plan->values[i].place == Place::kConstant) values[i] = plan->values[i].constant;

  std::vector<tg_tensor*> handles;
  std::vector<TensorRef> made;
  for (const Step& step : entry->steps) {
    const Node& first = graph.nodes[step.nodes[0]];
    try {
      if (step.executable) {
        const tg_device_def& def = step.device->def;
        std::vector<TensorRef> read, written;
        std::vector<tg_tensor_desc> in(step.inputs.size()), out(step.outputs.size());
        for (size_t i = 0; i < in.size(); ++i) {
          read.push_back(copy_to_device(values[step.inputs[i]].get(), step.device));
          in[i].struct_size = sizeof(tg_tensor_desc);
          describe(*read.back(), &in[i]);
        }
        for (size_t i = 0; i < out.size(); ++i) {
          const TensorType& type = plan->values[step.outputs[i]].type;
          written.push_back(new_device_tensor(step.device, type.dtype, type.dims));
          out[i].struct_size = sizeof(tg_tensor_desc);
          describe(*written.back(), &out[i]);
          values[step.outputs[i]] = written.back();
        }
        tg_event* done = nullptr;
        throw_status(def.run(def.self, step.device->ordinal, step.executable, in.data(), in.size(), out.data(),
                             out.size(), &done),
                     graph.name.c_str());
        finish_later(done, read, written);
      } else {
        for (int index : step.nodes) {
          const Node& node = graph.nodes[index];
          handles.clear();
          for (int input : node.inputs) handles.push_back(values[input].get());
          made.assign(node.outputs.size(), nullptr);
          tg_device* target = place(node.device ? node.device : device, handles.data(), handles.size());
          if (target && !target->is_host)
            run_there(target, *node.op, node.attrs, handles.data(), handles.size(), made.data(), made.size(), false);
          else
            run_on_host(*node.op, *node.attrs, handles.data(), handles.size(), made.data(), made.size());
          for (size_t k = 0; k < made.size(); ++k) values[node.outputs[k]] = std::move(made[k]);
        }
      }
    } catch (const Error& error) {
      std::string text = error.message();
      if (first.source >= 0) text += ". At " + graph.sources[first.source];
      throw Error(error.code(), error.error_code(), text);
    }
    for (int value : step.release) values[value] = nullptr;
  }
  std::vector<TensorRef> results;
  for (int output : graph.outputs) {
    const TensorRef& value = values[output];
    results.push_back(value->resource ? value : new_view(value.get(), value->dims));
  }
  return results;
}

}  // namespace tg
