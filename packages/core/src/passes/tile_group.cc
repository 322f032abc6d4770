#include "passes/tile_group.h"

#include <cstring>
#include <string>
#include <unordered_map>

#include "base/status.h"
#include "base/thread_pool.h"
#include "schema/op_context.h"
#include "tensegra/shape.hpp"

namespace tg {
namespace {

using kernels::BinaryOp;
using kernels::TileKind;
using kernels::TileStep;
using kernels::UnaryOp;

struct Known {
  TileKind kind;
  int32_t op;
};

Known one(UnaryOp op) { return {TileKind::kUnary, static_cast<int32_t>(op)}; }
Known two(BinaryOp op) { return {TileKind::kBinary, static_cast<int32_t>(op)}; }

// The ops of core whose kernel is one loop of kernels/elementwise.h.
const std::unordered_map<const tg_op*, Known>& known_ops() {
  static const auto* table = [] {
    const std::pair<const char*, Known> list[] = {
        {"negative", one(UnaryOp::kNegative)},
        {"abs", one(UnaryOp::kAbs)},
        {"sign", one(UnaryOp::kSign)},
        {"square", one(UnaryOp::kSquare)},
        {"relu", one(UnaryOp::kRelu)},
        {"reciprocal", one(UnaryOp::kReciprocal)},
        {"floor", one(UnaryOp::kFloor)},
        {"ceil", one(UnaryOp::kCeil)},
        {"round", one(UnaryOp::kRound)},
        {"exp", one(UnaryOp::kExp)},
        {"expm1", one(UnaryOp::kExpm1)},
        {"log", one(UnaryOp::kLog)},
        {"log1p", one(UnaryOp::kLog1p)},
        {"sqrt", one(UnaryOp::kSqrt)},
        {"rsqrt", one(UnaryOp::kRsqrt)},
        {"sin", one(UnaryOp::kSin)},
        {"cos", one(UnaryOp::kCos)},
        {"tan", one(UnaryOp::kTan)},
        {"tanh", one(UnaryOp::kTanh)},
        {"sigmoid", one(UnaryOp::kSigmoid)},
        {"softplus", one(UnaryOp::kSoftplus)},
        {"erf", one(UnaryOp::kErf)},
        {"is_nan", one(UnaryOp::kIsNan)},
        {"is_inf", one(UnaryOp::kIsInf)},
        {"is_finite", one(UnaryOp::kIsFinite)},
        {"logical_not", one(UnaryOp::kLogicalNot)},
        {"add", two(BinaryOp::kAdd)},
        {"subtract", two(BinaryOp::kSub)},
        {"multiply", two(BinaryOp::kMul)},
        {"divide", two(BinaryOp::kDiv)},
        {"floordiv", two(BinaryOp::kFloorDiv)},
        {"floormod", two(BinaryOp::kFloorMod)},
        {"pow", two(BinaryOp::kPow)},
        {"maximum", two(BinaryOp::kMaximum)},
        {"minimum", two(BinaryOp::kMinimum)},
        {"squared_difference", two(BinaryOp::kSquaredDifference)},
        {"bitwise_and", two(BinaryOp::kBitwiseAnd)},
        {"bitwise_or", two(BinaryOp::kBitwiseOr)},
        {"bitwise_xor", two(BinaryOp::kBitwiseXor)},
        {"logical_and", two(BinaryOp::kLogicalAnd)},
        {"logical_or", two(BinaryOp::kLogicalOr)},
        {"logical_xor", two(BinaryOp::kBitwiseXor)},
        {"equal", two(BinaryOp::kEqual)},
        {"not_equal", two(BinaryOp::kNotEqual)},
        {"less", two(BinaryOp::kLess)},
        {"less_equal", two(BinaryOp::kLessEqual)},
        {"greater", two(BinaryOp::kGreater)},
        {"greater_equal", two(BinaryOp::kGreaterEqual)},
        {"relu_grad", two(BinaryOp::kReluGrad)},
        {"tanh_grad", two(BinaryOp::kTanhGrad)},
        {"sigmoid_grad", two(BinaryOp::kSigmoidGrad)},
        {"softplus_grad", two(BinaryOp::kSoftplusGrad)},
        {"select", {TileKind::kSelect, 0}},
        {"cast", {TileKind::kCast, 0}},
    };
    auto* made = new std::unordered_map<const tg_op*, Known>;
    for (const auto& [name, known] : list) made->emplace(find_op(name), known);
    return made;
  }();
  return *table;
}

// Gradients of activations take two arguments of one shape: they do not broadcast.
bool is_alike(const TileStep& step) {
  return step.kind == TileKind::kBinary && step.op >= static_cast<int32_t>(BinaryOp::kReluGrad) &&
         step.op <= static_cast<int32_t>(BinaryOp::kSoftplusGrad);
}

struct Group {
  TileStep steps[kernels::kMostTileSteps];
  int32_t outputs[kernels::kMostTileOutputs];
  int32_t num_steps = 0, num_outputs = 0;

  explicit Group(const Attrs& attrs) {
    num_steps = read_steps(attrs[0].ints, steps);
    num_outputs = static_cast<int32_t>(attrs[1].ints.size());
    for (int32_t k = 0; k < num_outputs; ++k) outputs[k] = static_cast<int32_t>(attrs[1].ints[static_cast<size_t>(k)]);
  }
};

tg_tensor_desc described(tg_op_context* context, size_t index, bool output = false) {
  tg_tensor_desc desc{};
  desc.struct_size = sizeof(desc);
  if (output) context->output(index, &desc);
  else context->input(index, &desc);
  return desc;
}

tg_status* infer_group(tg_op_context* context) {
  return guard([&] {
    const Group group(context->attrs);
    const size_t num_inputs = context->num_inputs();
    std::vector<Dims> dims(num_inputs + static_cast<size_t>(group.num_steps));
    for (size_t i = 0; i < num_inputs; ++i) {
      tg_tensor_desc desc = described(context, i);
      dims[i] = desc.rank < 0 ? Dims::unknown_rank() : Dims(desc.dims, desc.rank);
    }
    for (int32_t i = 0; i < group.num_steps; ++i)
      dims[num_inputs + static_cast<size_t>(i)] = step_dims(group.steps[i], dims);
    for (int32_t k = 0; k < group.num_outputs; ++k) {
      const size_t value = static_cast<size_t>(group.outputs[k]);
      context->set_output_type(static_cast<size_t>(k), static_cast<int>(group.steps[value - num_inputs].out), dims[value]);
    }
  });
}

void run_chunks(void*, int64_t chunks, void (*fn)(void*, int64_t), void* arg) { parallel_for(chunks, fn, arg); }

tg_status* run_group(tg_op_context* context) {
  return guard([&] {
    const Group group(context->attrs);
    const int32_t num_inputs = static_cast<int32_t>(context->num_inputs());
    kernels::TileInput inputs[kernels::kMostTileInputs];
    tg_tensor_desc descs[kernels::kMostTileInputs];
    const int64_t* dims_of[kernels::kMostTileInputs];
    int32_t rank_of[kernels::kMostTileInputs];
    for (int32_t k = 0; k < num_inputs; ++k) {
      descs[k] = described(context, static_cast<size_t>(k));
      inputs[k].data = static_cast<const char*>(descs[k].data) + descs[k].byte_offset;
      inputs[k].dtype = static_cast<kernels::DType>(descs[k].dtype);
      dims_of[k] = descs[k].dims;
      rank_of[k] = descs[k].rank;
    }
    void* outputs[kernels::kMostTileOutputs];
    tg_tensor_desc first{};
    for (int32_t k = 0; k < group.num_outputs; ++k) {
      tg_tensor_desc desc = described(context, static_cast<size_t>(k), true);
      outputs[k] = static_cast<char*>(desc.data) + desc.byte_offset;
      if (k == 0) first = desc;
      else if (!(Dims(desc.dims, desc.rank) == Dims(first.dims, first.rank)))
        throw internal_error("the outputs of a group have one shape");
    }
    kernels::TileSpace space;
    if (kernels::make_tile_space(first.dims, first.rank, dims_of, rank_of, num_inputs, &space, inputs) !=
        kernels::Status::kOk)
      throw internal_error("the inputs of a group broadcast to the shape of its outputs");
    if (space.size == 0) return;
    void* work = context->scratch(kernels::tile_work_bytes(inputs, num_inputs, space));
    kernels::Parallel parallel;
    parallel.run = run_chunks;
    const kernels::TileProgram program = {group.steps, group.num_steps, num_inputs, group.outputs, group.num_outputs};
    if (kernels::run_tiles(program, inputs, outputs, space, work, parallel) != kernels::Status::kOk)
      throw internal_error("a group holds operations that tiles know");
  });
}

tg_status* cost_of_group(tg_op_context* context) {
  return guard([&] {
    double most = 0;
    for (size_t i = 0; i < context->num_inputs(); ++i) {
      tg_tensor_desc desc = described(context, i);
      const int64_t count = desc.rank < 0 ? -1 : Dims(desc.dims, desc.rank).num_elements();
      most = std::max(most, static_cast<double>(count));
    }
    context->set_cost(most * static_cast<double>(context->attrs[0].ints.size() / kStepNumbers), 0);
  });
}

}  // namespace

const tg_op& tile_group_op() {
  static const tg_op* op = [] {
    tg_op_def def{};
    def.struct_size = sizeof(def);
    def.signature = "_fused_elementwise(inputs: [any], *, steps: ints, outputs: ints) -> [any]";
    def.summary = "Runs a group of elementwise ops tile by tile.";
    def.since = "";
    def.infer = infer_group;
    def.kernel = run_group;
    def.cost = cost_of_group;
    def.version = 1;
    def.fusion = TG_FUSION_ELEMENTWISE;
    def.in_place = -1;
    return register_op(def);
  }();
  return *op;
}

namespace {

bool is_half(kernels::DType dtype) { return dtype == kernels::DType::kFloat16 || dtype == kernels::DType::kBFloat16; }

// The step that does what a node does, its arguments yet to be set, on halves as on float32; false where there is none.
bool step_of(const Node& node, const std::vector<Value>& values, TileStep* step) {
  auto found = known_ops().find(node.op);
  if (found == known_ops().end() || node.inputs.empty() || node.outputs.size() != 1) return false;
  step->kind = found->second.kind;
  step->op = found->second.op;
  auto dtype_of = [&](int value) { return static_cast<kernels::DType>(values[static_cast<size_t>(value)].type.dtype); };
  step->in = dtype_of(step->kind == TileKind::kSelect ? node.inputs[1] : node.inputs[0]);
  step->out = dtype_of(node.outputs[0]);
  step->args[0] = step->args[1] = step->args[2] = 0;
  if (step->kind == TileKind::kUnary || step->kind == TileKind::kBinary) {
    if (is_half(step->in)) step->in = kernels::DType::kFloat32;
    if (is_half(step->out)) step->out = kernels::DType::kFloat32;
  }
  return kernels::tile_supports(*step);
}

TileStep conversion(kernels::DType from, kernels::DType to, int argument) {
  return {TileKind::kCast, 0, from, to, {argument, 0, 0}};
}

}  // namespace

int num_args(TileKind kind) { return kind == TileKind::kSelect ? 3 : kind == TileKind::kBinary || kind == TileKind::kRowPair ? 2 : 1; }

int num_tile_steps(const Node& node, const std::vector<Value>& values) {
  TileStep step;
  if (!step_of(node, values, &step)) return 0;
  if (step.kind == TileKind::kSelect || step.kind == TileKind::kCast) return 1;
  auto halves = [&](int value) {
    return is_half(static_cast<kernels::DType>(values[static_cast<size_t>(value)].type.dtype)) ? 1 : 0;
  };
  int steps = 1 + halves(node.outputs[0]);
  for (int input : node.inputs) steps += halves(input);
  return steps;
}

void StepList::add_input(int value, int as) { inputs_.emplace_back(value, as); }

int StepList::number_of(int value, int as) const {
  auto made = made_.find(value);
  if (made != made_.end()) return made->second;
  for (size_t k = 0; k < inputs_.size(); ++k)
    if (inputs_[k].first == value && inputs_[k].second == as) return static_cast<int>(k);
  throw internal_error("a group reads what it has");
}

int StepList::widened(int number, int dtype) {
  auto known = widened_.find(number);
  if (known != widened_.end()) return known->second;
  const int made = push(conversion(static_cast<kernels::DType>(dtype), kernels::DType::kFloat32, number));
  return widened_[number] = made;
}

void StepList::add(const Node& node, int as) {
  TileStep step;
  if (!step_of(node, values_, &step)) throw internal_error("a group holds nodes that are steps");
  const bool computes = step.kind == TileKind::kUnary || step.kind == TileKind::kBinary;
  for (size_t k = 0; k < node.inputs.size(); ++k) {
    const int dtype = values_[static_cast<size_t>(node.inputs[k])].type.dtype;
    int number = number_of(node.inputs[k], as);
    if (computes && is_half(static_cast<kernels::DType>(dtype))) number = widened(number, dtype);
    step.args[k] = number;
  }
  int made = push(step);
  const kernels::DType to =
      static_cast<kernels::DType>(values_[static_cast<size_t>(node.outputs[0])].type.dtype);
  if (computes && is_half(to)) made = push(conversion(kernels::DType::kFloat32, to, made));
  made_[node.outputs[0]] = made;
}

void StepList::add(TileStep step, int value, const std::vector<int>& arguments, int as) {
  for (int k = 0; k < tg::num_args(step.kind); ++k) step.args[k] = number_of(arguments[static_cast<size_t>(k)], as);
  made_[value] = push(step);
}

void append_numbers(const std::vector<TileStep>& steps, std::vector<int64_t>* numbers) {
  for (const TileStep& step : steps)
    numbers->insert(numbers->end(), {static_cast<int64_t>(step.kind), step.op, static_cast<int64_t>(step.in),
                                     static_cast<int64_t>(step.out), step.args[0], step.args[1], step.args[2]});
}

int32_t read_steps(const std::vector<int64_t>& numbers, TileStep* steps) {
  const int32_t count = static_cast<int32_t>(numbers.size()) / kStepNumbers;
  for (int32_t i = 0; i < count; ++i) {
    const int64_t* at = numbers.data() + i * kStepNumbers;
    steps[i].kind = static_cast<TileKind>(at[0]);
    steps[i].op = static_cast<int32_t>(at[1]);
    steps[i].in = static_cast<kernels::DType>(at[2]);
    steps[i].out = static_cast<kernels::DType>(at[3]);
    for (int k = 0; k < 3; ++k) steps[i].args[k] = static_cast<int32_t>(at[4 + k]);
  }
  return count;
}

Dims step_dims(const TileStep& step, const std::vector<Dims>& dims) {
  Dims made = dims[static_cast<size_t>(step.args[0])];
  for (int k = 1; k < num_args(step.kind); ++k) {
    const Dims& other = dims[static_cast<size_t>(step.args[k])];
    if (is_alike(step) && !dims_compatible(made, other))
      throw invalid_argument("TG-0105", "both inputs must have the same shape",
                             "shapes " + made.str() + " and " + other.str());
    made = broadcast(made, other);
  }
  return made;
}

std::vector<TileStep> tile_group_steps(const Node& node) {
  const Group group(*node.attrs);
  return std::vector<TileStep>(group.steps, group.steps + group.num_steps);
}

AttrsRef tile_group_attrs(const std::vector<TileStep>& steps, const std::vector<int64_t>& outputs) {
  auto attrs = std::make_shared<Attrs>(2);
  (*attrs)[0].kind = (*attrs)[1].kind = TG_ATTR_INTS;
  append_numbers(steps, &(*attrs)[0].ints);
  (*attrs)[1].ints = outputs;
  return attrs;
}

bool tile_group_in_place(const Node& node, size_t output, size_t input) {
  const Group group(*node.attrs);
  const int32_t made = group.outputs[output] - static_cast<int32_t>(node.inputs.size());
  for (int32_t i = made + 1; i < group.num_steps; ++i)
    for (int k = 0; k < num_args(group.steps[i].kind); ++k)
      if (group.steps[i].args[k] == static_cast<int32_t>(input)) return false;
  return true;
}

}  // namespace tg
