// while: a function runs as long as another one says so.
#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "base/status.h"
#include "runtime/control.h"
#include "runtime/dispatch.h"
#include "tensegra/op.hpp"
#include "tensegra/shape.hpp"

namespace tg {
namespace control {
namespace {

const TensorType& type_of(const tg_graph& graph, int value) { return graph.values[static_cast<size_t>(value)].type; }

// "loop variable 'x'"
std::string variable_name(const tg_graph& body, size_t index) {
  return "loop variable '" + body.inputs[index].name + "'";
}

// Symbols of the body's inputs that may be another size in another iteration: those of loop variables for which the
// body returns something else.
std::set<int64_t> changing_symbols(const tg_graph& body, size_t num_loop) {
  std::set<int64_t> changing;
  for (size_t i = 0; i < num_loop; ++i) {
    const Dims &in = type_of(body, body.inputs[i].value).dims, &out = type_of(body, body.outputs[i]).dims;
    for (int k = 0; k < in.rank(); ++k)
      if (in[k] < TG_DIM_UNKNOWN && (!out.known_rank() || out.rank() != in.rank() || out[k] != in[k]))
        changing.insert(in[k]);
  }
  return changing;
}

// Whether a value may have another shape in another iteration. Those are stacked as rows, with zeros at the end of the
// shorter ones; their shapes are kept beside them.
bool is_ragged(const tg_graph& body, size_t num_loop, int value) {
  const Dims& dims = type_of(body, value).dims;
  if (!dims.known_rank() || dims.rank() >= TG_MAX_RANK) return true;
  std::set<int64_t> changing = changing_symbols(body, num_loop);
  for (int64_t size : dims)
    if (size == TG_DIM_UNKNOWN || changing.count(size)) return true;
  return false;
}

void infer(InferContext& c) {
  tg_op_context* context = handle_of(c);
  const tg_op& op = context->op;
  const tg_graph& condition = function_of(op, context->attrs, "cond").graph();
  const tg_graph& body = function_of(op, context->attrs, "body").graph();
  const int64_t given = c.int_attr("num_loop");
  std::vector<TensorType> types;
  for (size_t i = 0; i < context->num_inputs(); ++i) types.push_back(input_type(context, i));
  if (given < 0 || given > static_cast<int64_t>(types.size()) || given > static_cast<int64_t>(body.outputs.size()))
    throw invalid_argument("TG-0106", "num_loop must suit the inputs and the body", "num_loop="
        + std::to_string(given));
  const size_t num_loop = static_cast<size_t>(given);
  check_types(op.name, "cond", condition, types);
  check_types(op.name, "body", body, types);
  if (condition.outputs.size() != 1 || type_of(condition, condition.outputs[0]).dtype != TG_BOOL ||
      !dims_compatible(type_of(condition, condition.outputs[0]).dims, {}))
    throw invalid_argument("TG-0514", "the condition of a loop returns one bool",
                           condition.outputs.size() == 1
                               ? type_text(type_of(condition, condition.outputs[0]).dtype,
                                           type_of(condition, condition.outputs[0]).dims)
                               : std::to_string(condition.outputs.size()) + " results");
  for (size_t i = 0; i < num_loop; ++i) {
    const TensorType &in = type_of(body, body.inputs[i].value), &out = type_of(body, body.outputs[i]);
    if (in.dtype != out.dtype || !dims_compatible(in.dims, out.dims))
      throw invalid_argument("TG-0511", variable_name(body, i)
          + " keeps its dtype and its shape from one iteration to the next",
                             type_text(in.dtype, in.dims) + " before and " + type_text(out.dtype, out.dims) + " after");
    if (!dims_compatible(in.dims, types[i].dims))
      throw invalid_argument("TG-0511", variable_name(body, i) + " has the shape that the loop is made for",
                             type_text(types[i].dtype, types[i].dims) + " instead of " + type_text(in.dtype, in.dims));
  }
  Binding binding(body, types);
  if (!binding.fits())
    throw invalid_argument("TG-0513", "the body of a loop takes the inputs of the call", "shapes that do not suit it");
  for (int64_t symbol : changing_symbols(body, num_loop)) binding.forget(symbol);
  size_t next = 0;
  for (size_t i = 0; i < num_loop; ++i) {
    TensorType type = binding(type_of(body, body.inputs[i].value));
    context->set_output_type(next++, type.dtype, type.dims);
  }
  context->set_output_type(next++, TG_INT64, {});
  for (size_t i = num_loop; i < body.outputs.size(); ++i) {
    TensorType type = binding(type_of(body, body.outputs[i]));
    Dims stacked = Dims::unknown(2);
    if (!is_ragged(body, num_loop, body.outputs[i])) {
      stacked = Dims::unknown(type.dims.rank() + 1);
      for (int k = 0; k < type.dims.rank(); ++k) stacked[k + 1] = type.dims[k];
    }
    context->set_output_type(next++, type.dtype, stacked);
  }
  const std::vector<int64_t>& differentiated = attr_of(op, context->attrs, "differentiated").ints;
  int64_t room = static_cast<int64_t>(body.outputs.size() - num_loop);
  for (int64_t count : attr_of(op, context->attrs, "recorded").ints) room = count < 0 || count > room
      ? -1 : room - count;
  if (room < 0 || (!differentiated.empty() && differentiated.size() != types.size()))
    throw invalid_argument("TG-0106", "recorded and differentiated must suit the body",
                           "recorded=" + attr_of(op, context->attrs, "recorded").str());
}

// A function of the loop, with its plan for the shapes of now.
class Looped {
 public:
  Looped(tg_function* function, size_t num_loop) : function_(function), num_loop_(num_loop) {}

  // values: loop variables, which are handed over where `give` is set, then what is captured.
  void run(std::vector<TensorRef>& values, bool give, std::vector<TensorRef>* results) {
    if (!run_ || !run_->fits(values, num_loop_)) {
      function_->check_inputs(values);
      tg_function::Planned planned = function_->plan(values);
      run_ = std::make_unique<PlanRun>(*planned.graph, std::move(planned.plan));
      for (size_t i = num_loop_; i < values.size(); ++i) run_->bind(i, values[i]);
    }
    for (size_t i = 0; i < num_loop_; ++i) {
      if (give) run_->bind(i, std::move(values[i]));
      else run_->bind(i, values[i]);
    }
    run_->go(num_loop_, results);
  }

 private:
  tg_function* function_;
  size_t num_loop_;
  std::unique_ptr<PlanRun> run_;
};

// The values of all iterations, one below the other.
class Stack {
 public:
  Stack(TensorType element, bool ragged) : element_(std::move(element)), ragged_(ragged) {}

  void add(const TensorRef& value) {
    size_t bytes = tensor_bytes(*value);
    if (dtype_size(value->dtype) == 0)
      throw unimplemented_gradient("a value of dtype " + std::string(dtype_to_name(value->dtype))
          + " inside of a loop");
    int64_t length = value->dims.num_elements();
    if (count_ == 0) {
      element_ = {value->dtype, ragged_ ? Dims{length} : value->dims};
      grow(16);
    } else if (ragged_) {
      if (length > element_.dims[0]) grow(capacity_, length);
    } else if (value->dims != element_.dims) {
      throw unimplemented_gradient("a value inside of a loop that is " + type_text(element_.dtype, element_.dims) +
                                   " in one iteration and " + type_text(value->dtype, value->dims) + " in another");
    }
    if (count_ == capacity_) grow(2 * capacity_);
    size_t step = dense_bytes(element_.dtype, element_.dims.num_elements());
    if (bytes) std::memcpy(memory_->data() + static_cast<size_t>(count_) * step, value->data(), bytes);
    ++count_;
  }

  TensorRef finish() {
    if (count_ == 0) {
      if (ragged_) element_.dims = Dims{0};
      for (int k = 0; k < element_.dims.rank(); ++k) element_.dims[k] = std::max<int64_t>(element_.dims[k], 0);
      grow(0);
    }
    return new_view(memory_.get(), stacked(count_));
  }

 private:
  Dims stacked(int64_t count) const {
    Dims dims = Dims::unknown(element_.dims.rank() + 1);
    dims[0] = count;
    for (int k = 0; k < element_.dims.rank(); ++k) dims[k + 1] = element_.dims[k];
    return dims;
  }
  // length: that of the rows, from now on.
  void grow(int64_t capacity, int64_t length = -1) {
    size_t old = dense_bytes(element_.dtype, element_.dims.num_elements());
    if (length >= 0) element_.dims = Dims{length};
    TensorRef larger = new_tensor(element_.dtype, stacked(capacity));
    size_t bytes = tensor_bytes(*larger);
    if (ragged_ && bytes) std::memset(larger->data(), 0, bytes);
    size_t step = dense_bytes(element_.dtype, element_.dims.num_elements());
    for (int64_t i = 0; i < count_ && old; ++i)
      std::memcpy(larger->data() + static_cast<size_t>(i) * step, memory_->data() + static_cast<size_t>(i) * old, old);
    memory_ = std::move(larger);
    capacity_ = capacity;
  }

  TensorType element_;
  bool ragged_;
  TensorRef memory_;
  int64_t count_ = 0, capacity_ = 0;
};

bool truth(const TensorRef& predicate) {
  if (predicate->dims.num_elements() != 1)
    throw invalid_argument("TG-0514", "the condition of a loop returns one bool",
                           type_text(predicate->dtype, predicate->dims));
  return *reinterpret_cast<const bool*>(predicate->data());
}

void kernel(KernelContext& c) {
  tg_op_context* context = handle_of(c);
  tg_function& condition = function_of(context->op, context->attrs, "cond");
  tg_function& body = function_of(context->op, context->attrs, "body");
  const tg_graph& graph = body.graph();
  const size_t num_loop = static_cast<size_t>(attr_of(context->op, context->attrs, "num_loop").i);
  const int64_t maximum = attr_of(context->op, context->attrs, "maximum").i;
  std::vector<TensorRef> values;
  for (size_t i = 0; i < context->num_inputs(); ++i) values.push_back(context->input_tensor(i));
  std::vector<Stack> stacks;
  for (size_t i = num_loop; i < graph.outputs.size(); ++i)
    stacks.emplace_back(type_of(graph, graph.outputs[i]), is_ragged(graph, num_loop, graph.outputs[i]));

  Looped test(&condition, num_loop), step(&body, num_loop);
  std::vector<TensorRef> results;
  int64_t count = 0;
  while (maximum < 0 || count < maximum) {
    test.run(values, false, &results);
    if (!truth(results[0])) break;
    step.run(values, true, &results);
    ++count;
    for (size_t i = 0; i < num_loop; ++i) {
      const TensorType& want = type_of(graph, graph.inputs[i].value);
      if (!dims_compatible(want.dims, results[i]->dims))
        throw invalid_argument("TG-0511", variable_name(graph, i)
            + " keeps its dtype and its shape from one iteration to the next",
                               type_text(results[i]->dtype, results[i]->dims) + " after iteration " +
                                   std::to_string(count) + " instead of " + type_text(want.dtype, want.dims));
      values[i] = std::move(results[i]);
    }
    for (size_t i = num_loop; i < results.size(); ++i) {
      stacks[i - num_loop].add(results[i]);
      results[i] = nullptr;
    }
    results.clear();
  }
  for (size_t i = 0; i < num_loop; ++i) context->set_output_tensor(i, values[i].get());
  context->set_output_tensor(num_loop, new_tensor_copy(TG_INT64, {}, &count, sizeof(count)).get());
  for (size_t i = 0; i < stacks.size(); ++i) context->set_output_tensor(num_loop + 1 + i, stacks[i].finish().get());
}

// The inputs that gradients reach, with the loop variables that get there through the body.
std::vector<bool> closed_inputs(const tg_graph& body, size_t num_loop, std::vector<bool> inputs) {
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<bool> reached = reached_values(body, {&inputs, nullptr});
    for (size_t i = 0; i < num_loop; ++i) {
      if (inputs[i] || !reached[static_cast<size_t>(body.outputs[i])]) continue;
      inputs[i] = changed = true;
    }
  }
  return inputs;
}

// Loop variables on which an output with a gradient depends.
std::vector<bool> seeded_outputs(const tg_graph& body, size_t num_loop, std::vector<bool> seeded) {
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<bool> behind(body.values.size());
    for (size_t i = 0; i < seeded.size(); ++i)
      if (seeded[i]) behind[static_cast<size_t>(body.outputs[i])] = true;
    for (size_t n = body.nodes.size(); n-- > 0;) {
      bool any = false;
      for (int output : body.nodes[n].outputs) any = any || behind[static_cast<size_t>(output)];
      if (!any) continue;
      for (int input : body.nodes[n].inputs) behind[static_cast<size_t>(input)] = true;
    }
    for (size_t i = 0; i < num_loop; ++i)
      if (behind[static_cast<size_t>(body.inputs[i].value)] && !seeded[i]) seeded[i] = changed = true;
  }
  return seeded;
}

bool is_captured(const tg_graph& body, size_t num_loop, int value) {
  return value >= static_cast<int>(num_loop) && value < static_cast<int>(body.inputs.size());
}

// Where the body returns a value for the gradient; -1: it does not.
int stack_of(const tg_graph& body, size_t num_loop, int value) {
  auto begin = body.outputs.begin() + static_cast<std::ptrdiff_t>(num_loop);
  auto found = std::find(begin, body.outputs.end(), value);
  return found == body.outputs.end() ? -1 : static_cast<int>(found - begin);
}

// Where the body returns the shape of a value; -1: it does not.
int shape_stack_of(const tg_graph& body, size_t num_loop, int value) {
  for (const Node& node : body.nodes) {
    if (node.op->name != "packed_shape" || node.inputs[0] != value) continue;
    int stack = stack_of(body, num_loop, node.outputs[0]);
    if (stack >= 0) return stack;
  }
  return -1;
}

}  // namespace

AttrsRef record_while(const tg_op& op, const Attrs& attrs, const std::vector<bool>& wanted) {
  tg_function& old = function_of(op, attrs, "body");
  const size_t num_loop = static_cast<size_t>(attr_of(op, attrs, "num_loop").i);
  const std::vector<bool> inputs = closed_inputs(old.graph(), num_loop, wanted);
  Ref<tg_function> body = with_recorded_nodes(old, inputs);
  const tg_graph& graph = body->graph();
  std::unique_ptr<tg_graph> copy = copy_graph(graph);
  struct Entered {
    explicit Entered(tg_graph* graph) { enter_graph(graph); }
    ~Entered() { leave_graph(); }
  };
  size_t added = 0;
  for (int value : build_gradient(graph, {&inputs, nullptr}).needed) {
    if (is_captured(graph, num_loop, value) || stack_of(graph, num_loop, value) >= 0) continue;
    if (dtype_size(type_of(graph, value).dtype) == 0)
      throw unimplemented_gradient(std::string("a value of dtype ") + dtype_to_name(type_of(graph, value).dtype) +
                                   " inside of a loop");
    copy->outputs.push_back(value);
    ++added;
    if (!is_ragged(graph, num_loop, value)) continue;
    Entered entered(copy.get());
    const TensorType& type = type_of(graph, value);
    copy->outputs.push_back(call("packed_shape", {new_symbolic(copy->id, value, type.dtype, type.dims)})->value);
    ++added;
  }
  return with_level(op, attrs, inputs, added, {{"body", tg_function::freeze(std::move(copy))}});
}

namespace {

TensorRef int64_scalar(int64_t value) { return new_tensor_copy(TG_INT64, {}, &value, sizeof(value)); }

// What a gradient is: i = count - 1; while i >= 0: the gradient of the body, fed with what iteration i kept; i -= 1.
void gradient(GradientContext& c) {
  tg_op_context* context = handle_of(c);
  const tg_op& op = context->op;
  const tg_graph& body = function_of(op, context->attrs, "body").graph();
  const size_t num_loop = static_cast<size_t>(attr_of(op, context->attrs, "num_loop").i);
  const std::vector<int64_t>& recorded = attr_of(op, context->attrs, "recorded").ints;
  const std::vector<int64_t>& differentiated = attr_of(op, context->attrs, "differentiated").ints;
  const size_t all = body.outputs.size(), base = all - outputs_of_level(0, recorded, recorded.size());
  size_t level = level_of(context, base + 1, recorded);
  size_t num_outputs = outputs_of_level(base, recorded, level);
  // Output i of the body is output i of the loop, or i + 1: the count is between them.
  auto loop_output = [num_loop](size_t i) { return i < num_loop ? i : i + 1; };

  std::vector<bool> inputs(differentiated.begin(), differentiated.end());
  std::vector<bool> seeded(all);
  for (size_t i = 0; i < num_outputs; ++i) seeded[i] = static_cast<bool>(context->output_gradient(loop_output(i)));
  seeded = seeded_outputs(body, num_loop, seeded);
  GraphGradient made = build_gradient(body, {&inputs, &seeded});
  for (auto [position, refused] : made.refused)
    if (seeded[static_cast<size_t>(position)]) throw no_gradient(*refused);

  // Loop variables of the backward loop: the counter, gradients of loop variables, sums for what is captured.
  std::vector<size_t> variables, sums, stacked;
  for (size_t i = 0; i < num_loop; ++i)
    if (seeded[i] && inputs[i] && is_differentiable(type_of(body, body.inputs[i].value).dtype)) variables.push_back(i);
  std::map<size_t, int> result_of;
  for (size_t k = 0; k < made.results.size(); ++k) {
    size_t input = static_cast<size_t>(made.results[k]);
    result_of[input] = static_cast<int>(k);
    if (input >= num_loop && context->needs_gradient(input)) sums.push_back(input);
  }
  std::set<int> saved;  // stacks
  auto save = [&](int stack) {
    if (stack < 0) throw internal_error("[while] a value that its gradient reads was not kept");
    saved.insert(stack);
  };
  std::vector<size_t> direct;
  for (int value : made.needed) {
    if (is_captured(body, num_loop, value)) {
      direct.push_back(static_cast<size_t>(value));
      continue;
    }
    save(stack_of(body, num_loop, value));
    if (is_ragged(body, num_loop, value)) save(shape_stack_of(body, num_loop, value));
  }
  for (size_t i = num_loop; i < num_outputs; ++i) {
    if (!seeded[i]) continue;
    stacked.push_back(i);
    if (is_ragged(body, num_loop, body.outputs[i])) save(shape_stack_of(body, num_loop, body.outputs[i]));
  }

  const tg_graph& backward = *made.backward;
  std::vector<TensorRef> arguments{call("subtract", {context->output_tensor(num_loop), int64_scalar(1)})};
  for (size_t i : variables) {
    TensorRef gradient = context->output_gradient(i);
    arguments.push_back(gradient ? gradient : call("zeros_like", {context->output_tensor(i)}));
  }
  std::map<size_t, TensorType> sum_types;
  for (size_t i : sums) {
    sum_types[i] = type_of(backward, backward.outputs[static_cast<size_t>(result_of[i])]);
    arguments.push_back(zeros_for(context->input_tensor(i), sum_types[i]));
  }
  const size_t num_variables = arguments.size();
  for (int stack : saved) arguments.push_back(context->output_tensor(num_loop + 1 + static_cast<size_t>(stack)));
  for (size_t i : stacked) arguments.push_back(context->output_gradient(i + 1));
  for (size_t i : direct) arguments.push_back(context->input_tensor(i));

  auto stack_type = [&](int value) {
    const TensorType& element = type_of(body, value);
    if (is_ragged(body, num_loop, value)) return TensorType{element.dtype, Dims::unknown(2)};
    TensorType type{element.dtype, Dims::unknown(element.dims.rank() + 1)};
    for (int k = 0; k < element.dims.rank(); ++k) type.dims[k + 1] = element.dims[k];
    return type;
  };
  struct Inputs {
    TensorRef counter;
    std::map<size_t, TensorRef> variables, sums, stacked, direct;
    std::map<int, TensorRef> saved;
  };
  auto add_inputs = [&](tg_graph* graph) {
    graph->avoid_symbols(body);
    graph->avoid_symbols(backward);
    Inputs in;
    auto add = [graph](const std::string& name, const TensorType& type) { return graph->add_input(name, type.dtype,
        type.dims); };
    in.counter = add("counter", {TG_INT64, {}});
    for (size_t i : variables) in.variables[i] = add("gradient of " + body.inputs[i].name, type_of(body,
        body.inputs[i].value));
    for (size_t i : sums) {
      const TensorType& type = type_of(body, body.inputs[i].value);
      in.sums[i] = add("gradient of " + body.inputs[i].name, type.dtype == TG_RESOURCE ? sum_types[i] : type);
    }
    for (int stack : saved)
      in.saved[stack] = add("saved", stack_type(body.outputs[num_loop + static_cast<size_t>(stack)]));
    for (size_t i : stacked) in.stacked[i] = add("gradients", stack_type(body.outputs[i]));
    for (size_t i : direct) in.direct[i] = add(body.inputs[i].name, type_of(body, body.inputs[i].value));
    return in;
  };
  std::vector<TensorRef> captured, none;
  Ref<tg_function> step = build(body.name + "_gradient", &captured, [&](tg_graph* graph) {
    Inputs in = add_inputs(graph);
    // What a value was, or its gradient, in the iteration of the counter.
    auto read = [&](const TensorRef& stack, int value) {
      TensorRef element = call("array_read", {stack, in.counter});
      if (!is_ragged(body, num_loop, value)) return element;
      TensorRef shape = call("array_read", {in.saved[shape_stack_of(body, num_loop, value)], in.counter});
      element = call("unpack", {element, shape});
      const Dims& dims = type_of(body, value).dims;
      if (!dims.known_rank()) return element;
      std::vector<int64_t> sizes;
      for (int64_t size : dims) sizes.push_back(size < 0 ? -1 : size);
      tg_attr attr{};
      attr.struct_size = sizeof(attr);
      attr.name = "shape";
      attr.kind = TG_ATTR_INTS;
      attr.ints = sizes.data();
      attr.count = sizes.size();
      return call("ensure_shape", {element}, {attr});
    };
    std::vector<TensorRef> given;
    for (int seed : made.seeds) {
      size_t i = static_cast<size_t>(seed);
      given.push_back(i < num_loop ? in.variables[i] : read(in.stacked[i], body.outputs[i]));
    }
    for (int value : made.needed)
      given.push_back(is_captured(body, num_loop, value)
                          ? in.direct[static_cast<size_t>(value)]
                          : read(in.saved[stack_of(body, num_loop, value)], value));
    std::vector<TensorRef> gradients = inline_graph(backward, graph, given);
    std::vector<TensorRef> outputs{call("subtract", {in.counter, int64_scalar(1)})};
    for (size_t i : variables) {
      auto found = result_of.find(i);
      outputs.push_back(found != result_of.end() ? gradients[static_cast<size_t>(found->second)]
                                                 : call("zeros_like", {in.variables[i]}));
    }
    for (size_t i : sums) outputs.push_back(add_gradients(in.sums[i], gradients[static_cast<size_t>(result_of[i])]));
    return outputs;
  });
  Ref<tg_function> test = build(body.name + "_gradient_condition", &none, [&](tg_graph* graph) {
    Inputs in = add_inputs(graph);
    return std::vector<TensorRef>{call("greater_equal", {in.counter, int64_scalar(0)})};
  });
  if (!captured.empty()) {
    std::unique_ptr<tg_graph> copy = copy_graph(test->graph());
    for (const TensorRef& tensor : captured) copy->add_input_like("captured", *tensor);
    test = tg_function::freeze(std::move(copy));
    arguments.insert(arguments.end(), captured.begin(), captured.end());
  }

  AttrsRef plain = attrs_with(op, {{"cond", test}, {"body", step}});
  auto attributes = std::make_shared<Attrs>(*plain);
  AttrValue& loop = (*attributes)[static_cast<size_t>(op.schema.attr_index("num_loop"))];
  loop.kind = TG_ATTR_INT;
  loop.i = static_cast<int64_t>(num_variables);
  std::vector<TensorRef> results = execute_list(op, attributes, std::move(arguments));
  size_t next = 1;
  for (size_t i : variables) {
    if (context->needs_gradient(i)) context->set_input_gradient(i, results[next].get());
    ++next;
  }
  for (size_t i : sums) context->set_input_gradient(i, results[next++].get());
}

TG_OP("while(inputs: [any], *, cond: function, body: function, num_loop: int, maximum: int = -1, recorded: ints = [], "
      "differentiated: ints = []) -> [any]")
    .summary("Calls a function on its own results as long as another one says so.")
    .doc(R"(Args:
  inputs: the loop variables, then what both functions read besides.
  cond: takes the inputs, returns one bool.
  body: takes the inputs, returns new loop variables, and more, which is stacked.
  num_loop: how many loop variables there are.
  maximum: the most iterations there may be, or -1.
  recorded: how many of the last results the gradient added for itself, for each order.
  differentiated: for which inputs it did.

Returns:
  The loop variables at the end; the number of iterations; what else the body returned, of all iterations, stacked.

Raises:
  InvalidArgumentError: a loop variable changes its dtype or shape (TG-0511), a function does not take these inputs
    (TG-0513), or the condition is not one bool (TG-0514).
  UnimplementedError: what the gradient needs has another shape in each iteration (TG-0516).
)")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace control
}  // namespace tg
