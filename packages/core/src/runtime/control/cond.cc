// cond: one of two functions runs.
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

constexpr const char* kBranches[2] = {"then_branch", "else_branch"};

// The type that both can have.
TensorType common_type(const TensorType& x, const TensorType& y) {
  if (!x.dims.known_rank() || !y.dims.known_rank() || x.dims.rank() != y.dims.rank())
    return {x.dtype, Dims::unknown_rank()};
  TensorType type = x;
  for (int k = 0; k < type.dims.rank(); ++k)
    if (x.dims[k] != y.dims[k]) type.dims[k] = TG_DIM_UNKNOWN;
  return type;
}

void infer(InferContext& c) {
  tg_op_context* context = handle_of(c);
  const tg_op& op = context->op;
  TensorType predicate = input_type(context, 0);
  if (!dims_compatible(predicate.dims, {}))
    throw invalid_argument("TG-0514", "a predicate is one bool", "predicate=" + type_text(predicate.dtype,
        predicate.dims));
  std::vector<TensorType> types;
  for (size_t i = 1; i < context->num_inputs(); ++i) types.push_back(input_type(context, i));
  std::vector<TensorType> outputs[2];
  bool fits[2];
  for (int b = 0; b < 2; ++b) {
    const tg_graph& graph = function_of(op, context->attrs, kBranches[b]).graph();
    check_types(op.name, kBranches[b], graph, types);
    Binding binding(graph, types);
    fits[b] = binding.fits();
    for (int output : graph.outputs) outputs[b].push_back(binding(graph.values[static_cast<size_t>(output)].type));
  }
  if (outputs[0].size() != outputs[1].size())
    throw invalid_argument("TG-0511", "both branches return the same structure",
                           std::to_string(outputs[0].size()) + " and " + std::to_string(outputs[1].size())
                               + " results");
  if (!fits[0] && !fits[1])
    throw invalid_argument("TG-0513", "a branch takes the inputs of the call", "shapes that suit neither branch");
  for (size_t i = 0; i < outputs[0].size(); ++i) {
    const TensorType &x = outputs[0][i], &y = outputs[1][i];
    if (x.dtype != y.dtype)
      throw invalid_argument("TG-0511", "both branches return the same dtypes",
                             "result " + std::to_string(i) + "=" + type_text(x.dtype, x.dims) + " and " +
                                 type_text(y.dtype, y.dims));
    // A branch that these shapes do not suit will not run.
    TensorType type = fits[0] && fits[1] ? common_type(x, y) : outputs[fits[0] ? 0 : 1][i];
    context->set_output_type(i, type.dtype, type.dims);
  }
  int64_t recorded = 0;
  for (int64_t count : attr_of(op, context->attrs, "recorded").ints) {
    if (count < 0 || count > static_cast<int64_t>(outputs[0].size())) recorded = INT32_MAX;
    else recorded += count;
  }
  const std::vector<int64_t>& differentiated = attr_of(op, context->attrs, "differentiated").ints;
  if (recorded > static_cast<int64_t>(outputs[0].size()) ||
      (!differentiated.empty() && differentiated.size() != context->num_inputs()))
    throw invalid_argument("TG-0106", "recorded and differentiated must suit the branches",
                           "recorded=" + attr_of(op, context->attrs, "recorded").str());
}

void kernel(KernelContext& c) {
  tg_op_context* context = handle_of(c);
  TensorRef predicate = context->input_tensor(0);
  if (predicate->dims.num_elements() != 1)
    throw invalid_argument("TG-0514", "a predicate is one bool",
                           "predicate=" + type_text(predicate->dtype, predicate->dims));
  bool which = *reinterpret_cast<const bool*>(predicate->data());
  tg_function& function = function_of(context->op, context->attrs, kBranches[which ? 0 : 1]);
  std::vector<TensorRef> inputs;
  for (size_t i = 1; i < context->num_inputs(); ++i) inputs.push_back(context->input_tensor(i));
  function.check_inputs(inputs);
  tg_function::Planned planned = function.plan(inputs);
  std::vector<TensorRef> outputs = run_plan(*planned.graph, *planned.plan, inputs);
  for (size_t i = 0; i < outputs.size(); ++i) context->set_output_tensor(i, outputs[i].get());
}

std::vector<bool> branch_inputs(const std::vector<bool>& wanted) { return {wanted.begin() + 1, wanted.end()}; }

// Something of a dtype, in the place of what only the other branch has.
int add_placeholder(tg_graph* graph, int dtype, std::map<int, int>* known) {
  auto found = known->find(dtype);
  if (found != known->end()) return found->second;
  TensorRef nothing;
  if (dtype == TG_STRING) {
    const int64_t offsets[2] = {0, 0};
    nothing = new_string_tensor({}, offsets, "");
  } else {
    nothing = new_tensor(dtype, {});
    std::memset(nothing->data(), 0, tensor_bytes(*nothing));
  }
  return (*known)[dtype] = graph->add_constant(nothing.get())->value;
}

}  // namespace

AttrsRef record_cond(const tg_op& op, const Attrs& attrs, const std::vector<bool>& wanted) {
  const std::vector<bool> inputs = branch_inputs(wanted);
  Ref<tg_function> branches[2];
  std::vector<int> needed[2];
  for (int b = 0; b < 2; ++b) {
    branches[b] = with_recorded_nodes(function_of(op, attrs, kBranches[b]), inputs);
    const tg_graph& graph = branches[b]->graph();
    for (int value : build_gradient(graph, {&inputs, nullptr}).needed)
      if (static_cast<size_t>(value) >= graph.inputs.size() &&
          std::find(graph.outputs.begin(), graph.outputs.end(), value) == graph.outputs.end())
        needed[b].push_back(value);
  }
  Ref<tg_function> recorded[2];
  for (int b = 0; b < 2; ++b) {
    const tg_graph& other = branches[1 - b]->graph();
    std::unique_ptr<tg_graph> copy = copy_graph(branches[b]->graph());
    std::map<int, int> known;
    for (int from = 0; from < 2; ++from)
      for (int value : needed[from])
        copy->outputs.push_back(from == b ? value
                                          : add_placeholder(copy.get(),
                                              other.values[static_cast<size_t>(value)].type.dtype, &known));
    recorded[b] = tg_function::freeze(std::move(copy));
  }
  return with_level(op, attrs, wanted, needed[0].size() + needed[1].size(),
                    {{kBranches[0], recorded[0]}, {kBranches[1], recorded[1]}});
}

namespace {

struct Branch {
  const tg_graph* graph;
  GraphGradient gradient;
  std::map<int, int> result_of;  // input -> position among the backward graph's outputs
};

void gradient(GradientContext& c) {
  tg_op_context* context = handle_of(c);
  const tg_op& op = context->op;
  const std::vector<int64_t>& recorded = attr_of(op, context->attrs, "recorded").ints;
  const std::vector<int64_t>& differentiated = attr_of(op, context->attrs, "differentiated").ints;
  size_t all = context->num_outputs();
  size_t base = all - outputs_of_level(0, recorded, recorded.size());
  size_t level = level_of(context, base, recorded);
  size_t num_outputs = outputs_of_level(base, recorded, level);

  std::vector<bool> inputs(differentiated.begin() + 1, differentiated.end());
  std::vector<bool> seeded(all);
  for (size_t i = 0; i < num_outputs; ++i) seeded[i] = static_cast<bool>(context->output_gradient(i));
  Branch branches[2];
  std::set<int> seeds, direct, saved, results;
  std::map<int, TensorType> result_types;
  for (int b = 0; b < 2; ++b) {
    Branch& branch = branches[b];
    branch.graph = &function_of(op, context->attrs, kBranches[b]).graph();
    branch.gradient = build_gradient(*branch.graph, {&inputs, &seeded});
    for (auto [position, refused] : branch.gradient.refused)
      if (seeded[static_cast<size_t>(position)]) throw no_gradient(*refused);
    seeds.insert(branch.gradient.seeds.begin(), branch.gradient.seeds.end());
    for (size_t k = 0; k < branch.gradient.results.size(); ++k) {
      int input = branch.gradient.results[k];
      if (!context->needs_gradient(static_cast<size_t>(input) + 1)) continue;
      branch.result_of[input] = static_cast<int>(k);
      results.insert(input);
      const tg_graph& backward = *branch.gradient.backward;
      result_types[input] = backward.values[static_cast<size_t>(backward.outputs[k])].type;
    }
  }
  if (results.empty()) return;

  // Where a branch finds a value: an input of the call, or one of its outputs.
  auto place_of = [&](const Branch& branch, int value) {
    if (static_cast<size_t>(value) < branch.graph->inputs.size()) return std::make_pair(true, value);
    auto found = std::find(branch.graph->outputs.begin(), branch.graph->outputs.end(), value);
    if (found == branch.graph->outputs.end())
        throw internal_error("[cond] a value that its gradient reads was not kept");
    return std::make_pair(false, static_cast<int>(found - branch.graph->outputs.begin()));
  };
  for (const Branch& branch : branches) {
    for (int value : branch.gradient.needed) {
      auto [is_input, place] = place_of(branch, value);
      (is_input ? direct : saved).insert(place);
    }
    for (int input : results)  // zeros are made from the input, or from a size that is known
      if (!branch.result_of.count(input)) direct.insert(input);
  }

  std::vector<TensorRef> arguments{context->input_tensor(0)};
  for (int i : seeds) arguments.push_back(context->output_gradient(static_cast<size_t>(i)));
  for (int i : direct) arguments.push_back(context->input_tensor(static_cast<size_t>(i) + 1));
  for (int i : saved) arguments.push_back(context->output_tensor(static_cast<size_t>(i)));
  Ref<tg_function> functions[2];
  std::vector<TensorRef> captured[2];
  for (int b = 0; b < 2; ++b) {
    const Branch& branch = branches[b];
    const tg_graph& graph = *branch.graph;
    auto make = [&](tg_graph* into) {
      into->avoid_symbols(graph);
      std::map<int, TensorRef> seed_values, direct_values, saved_values;
      auto add = [&](const char* what, int i, const TensorType& type) {
        return into->add_input(what + std::to_string(i), type.dtype, type.dims);
      };
      auto type_of = [&](int value) { return graph.values[static_cast<size_t>(value)].type; };
      for (int i : seeds) seed_values[i] = add("gradient_", i, type_of(graph.outputs[static_cast<size_t>(i)]));
      for (int i : direct) direct_values[i] = add("input_", i, type_of(graph.inputs[static_cast<size_t>(i)].value));
      for (int i : saved) {
        int value = graph.outputs[static_cast<size_t>(i)];
        bool mine = std::find(branch.gradient.needed.begin(), branch.gradient.needed.end(), value) !=
                    branch.gradient.needed.end();
        saved_values[i] =
            add("saved_", i, mine ? type_of(value) : TensorType{type_of(value).dtype, Dims::unknown_rank()});
      }
      std::vector<TensorRef> given;
      for (int i : branch.gradient.seeds) given.push_back(seed_values[i]);
      for (int value : branch.gradient.needed) {
        auto [is_input, place] = place_of(branch, value);
        given.push_back((is_input ? direct_values : saved_values)[place]);
      }
      std::vector<TensorRef> made = inline_graph(*branch.gradient.backward, into, given);
      std::vector<TensorRef> outputs;
      for (int input : results) {
        auto found = branch.result_of.find(input);
        outputs.push_back(found != branch.result_of.end() ? made[static_cast<size_t>(found->second)]
                                                          : zeros_for(direct_values[input], result_types[input]));
      }
      return outputs;
    };
    functions[b] = build(graph.name + "_gradient", &captured[b], make);
  }
  // Tensors that a gradient function made for itself (large constants) come last, those of both branches for both.
  for (int b = 0; b < 2; ++b) {
    if (captured[1 - b].empty()) continue;
    std::unique_ptr<tg_graph> copy = copy_graph(functions[b]->graph());
    size_t at = b == 0 ? copy->inputs.size() : copy->inputs.size() - captured[1].size();
    for (const TensorRef& tensor : captured[1 - b]) copy->add_input_like("other", *tensor);
    auto end = copy->inputs.end();
    std::rotate(copy->inputs.begin() + static_cast<std::ptrdiff_t>(at),
                end - static_cast<std::ptrdiff_t>(captured[1 - b].size()), end);
    functions[b] = tg_function::freeze(std::move(copy));
  }
  for (const auto& list : captured) arguments.insert(arguments.end(), list.begin(), list.end());

  AttrsRef attributes = attrs_with(op, {{kBranches[0], functions[0]}, {kBranches[1], functions[1]}});
  std::vector<TensorRef> made = execute_list(op, attributes, std::move(arguments));
  size_t k = 0;
  for (int input : results) context->set_input_gradient(static_cast<size_t>(input) + 1, made[k++].get());
}

TG_OP("cond(predicate: bool, inputs: [any], *, then_branch: function, else_branch: function, recorded: ints = [], "
      "differentiated: ints = []) -> [any]")
    .summary("Calls one of two functions.")
    .doc(R"(Args:
  predicate: one bool.
  inputs: what both functions take.
  then_branch: the function for true.
  else_branch: the function for false. It returns as many tensors of the same dtypes.
  recorded: how many of the last results the gradient added for itself, for each order.
  differentiated: for which inputs it did, the predicate among them.

Returns:
  What the function returns.

Raises:
  InvalidArgumentError: the branches return different dtypes (TG-0511), do not take these inputs (TG-0513), or the
    predicate is not one bool (TG-0514).
)")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace control
}  // namespace tg
