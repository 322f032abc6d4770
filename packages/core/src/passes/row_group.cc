#include "passes/row_group.h"

#include <algorithm>

#include "base/status.h"
#include "base/thread_pool.h"
#include "passes/tile_group.h"
#include "schema/op_context.h"
#include "tensegra/shape.hpp"

namespace tg {
namespace {

using kernels::RowLevel;
using kernels::TileKind;
using kernels::TileStep;

constexpr int kMostValues = kernels::kMostTileInputs + kernels::kMostTileSteps;

// The group as attributes hold it.
struct Group {
  TileStep steps[kernels::kMostTileSteps];
  RowLevel levels[kMostValues];
  int32_t outputs[kernels::kMostTileOutputs];
  int32_t num_steps = 0, num_inputs = 0, num_outputs = 0;
  const std::vector<int64_t>&input_forms, &output_forms;
  int axes;

  explicit Group(const Attrs& attrs)
      : input_forms(attrs[2].ints), output_forms(attrs[3].ints), axes(static_cast<int>(attrs[4].i)) {
    num_inputs = static_cast<int32_t>(input_forms.size());
    num_steps = read_steps(attrs[0].ints, steps);
    for (int32_t k = 0; k < num_inputs; ++k)
      levels[k] = form(k) == RowForm::kElements ? RowLevel::kElements : RowLevel::kNumber;
    for (int32_t i = 0; i < num_steps; ++i) levels[num_inputs + i] = kernels::row_level_of(steps[i], levels);
    for (int64_t output : attrs[1].ints) outputs[num_outputs++] = static_cast<int32_t>(output);
  }
  RowForm form(int32_t input) const { return static_cast<RowForm>(input_forms[static_cast<size_t>(input)]); }
  kernels::RowProgram program() const { return {steps, num_steps, num_inputs, levels, outputs, num_outputs}; }

  // The dims of an input beside which those of the group are: what is one number for each row has ones at the end.
  Dims beside(int32_t input, Dims dims) const {
    if (form(input) == RowForm::kFlat)
      for (int i = 0; i < axes; ++i) dims.push_back(1);
    return dims;
  }
};

tg_tensor_desc described(tg_op_context* context, size_t index, bool output = false) {
  tg_tensor_desc desc{};
  desc.struct_size = sizeof(desc);
  if (output) context->output(index, &desc);
  else context->input(index, &desc);
  return desc;
}

Dims dims_of(const tg_tensor_desc& desc) {
  return desc.rank < 0 ? Dims::unknown_rank() : Dims(desc.dims, desc.rank);
}

bool is_one_hot(const TileStep& step) {
  return step.kind == TileKind::kRow && step.op == static_cast<int32_t>(kernels::RowOp::kOneHot);
}

Dims reduced(Dims dims, int axes, bool keep) {
  for (int i = 0; i < axes; ++i) {
    if (keep) dims[dims.rank() - 1 - i] = 1;
    else dims.erase(dims.rank() - 1);
  }
  return dims;
}

tg_status* infer_group(tg_op_context* context) {
  return guard([&] {
    const Group group(context->attrs);
    const size_t num_inputs = context->num_inputs();
    std::vector<Dims> dims(num_inputs + static_cast<size_t>(group.num_steps));
    for (size_t i = 0; i < num_inputs; ++i)
      dims[i] = group.beside(static_cast<int32_t>(i), dims_of(described(context, i)));
    for (int32_t i = 0; i < group.num_steps; ++i) {
      const TileStep& step = group.steps[i];
      Dims& made = dims[num_inputs + static_cast<size_t>(i)];
      if (step.kind == TileKind::kRow || step.kind == TileKind::kRowPair) {
        made = dims[static_cast<size_t>(step.args[0])];
        if (is_one_hot(step)) made[made.rank() - 1] = step.args[1];
        continue;
      }
      if (step.kind != TileKind::kReduce) {
        made = step_dims(step, dims);
        continue;
      }
      const Dims& all = dims[static_cast<size_t>(step.args[0])];
      if (!all.known_rank() || all.rank() < group.axes) throw internal_error("a row group knows its rank");
      made = reduced(all, group.axes, true);
    }
    for (int32_t k = 0; k < group.num_outputs; ++k) {
      const size_t value = static_cast<size_t>(group.outputs[k]);
      Dims made = dims[value];
      if (static_cast<RowForm>(group.output_forms[static_cast<size_t>(k)]) == RowForm::kFlat)
        made = reduced(made, group.axes, false);
      context->set_output_type(static_cast<size_t>(k), static_cast<int>(group.steps[value - num_inputs].out), made);
    }
  });
}

void run_chunks(void*, int64_t chunks, void (*fn)(void*, int64_t), void* arg) { parallel_for(chunks, fn, arg); }

// The space of the inputs of one level, and how each of them is walked.
void make_space(const Group& group, RowLevel level, const Dims& space_dims, const Dims* dims,
                kernels::TileInput* inputs, kernels::TileSpace* space) {
  const int64_t* dims_of_input[kernels::kMostTileInputs] = {};
  int32_t rank_of[kernels::kMostTileInputs] = {}, number[kernels::kMostTileInputs] = {}, count = 0;
  kernels::TileInput some[kernels::kMostTileInputs];
  for (int32_t k = 0; k < group.num_inputs; ++k) {
    if (group.levels[k] != level) continue;
    some[count] = inputs[k];
    dims_of_input[count] = dims[k].data();
    rank_of[count] = dims[k].rank();
    number[count++] = k;
  }
  if (kernels::make_tile_space(space_dims.data(), space_dims.rank(), dims_of_input, rank_of, count, space, some) !=
      kernels::Status::kOk)
    throw internal_error("the inputs of a group broadcast to its shape");
  for (int32_t k = 0; k < count; ++k) inputs[number[k]] = some[k];
}

tg_status* run_group(tg_op_context* context) {
  return guard([&] {
    const Group group(context->attrs);
    kernels::TileInput inputs[kernels::kMostTileInputs];
    Dims dims[kernels::kMostTileInputs], all;
    for (int32_t k = 0; k < group.num_inputs; ++k) {
      const tg_tensor_desc desc = described(context, static_cast<size_t>(k));
      inputs[k].data = static_cast<const char*>(desc.data) + desc.byte_offset;
      inputs[k].dtype = static_cast<kernels::DType>(desc.dtype);
      dims[k] = group.beside(k, dims_of(desc));
      all = k == 0 ? dims[k] : broadcast(all, dims[k]);
    }
    for (int32_t i = 0; i < group.num_steps; ++i)
      if (is_one_hot(group.steps[i]) && all[all.rank() - 1] == 1) all[all.rank() - 1] = group.steps[i].args[1];
    void* outputs[kernels::kMostTileOutputs];
    for (int32_t k = 0; k < group.num_outputs; ++k) {
      const tg_tensor_desc desc = described(context, static_cast<size_t>(k), true);
      outputs[k] = static_cast<char*>(desc.data) + desc.byte_offset;
    }
    if (all.num_elements() == 0) return;
    int64_t n = 1;
    for (int i = 0; i < group.axes; ++i) n *= all[all.rank() - 1 - i];
    kernels::TileSpace elements, numbers;
    make_space(group, RowLevel::kElements, all, dims, inputs, &elements);
    make_space(group, RowLevel::kNumber, reduced(all, group.axes, true), dims, inputs, &numbers);
    size_t bytes = 0;
    for (int32_t k = 0; k < group.num_inputs; ++k)
      bytes += kernels::tile_work_bytes(&inputs[k], 1, group.levels[k] == RowLevel::kElements ? elements : numbers,
                                        kernels::row_block(n));
    void* work = context->scratch(bytes);
    kernels::Parallel parallel;
    parallel.run = run_chunks;
    if (kernels::run_rows(group.program(), inputs, outputs, elements, numbers, n, work, parallel) !=
        kernels::Status::kOk)
      throw internal_error("a group of rows has room");
  });
}

tg_status* cost_of_group(tg_op_context* context) {
  return guard([&] {
    double most = 0;
    for (size_t i = 0; i < context->num_inputs(); ++i) {
      const Dims dims = dims_of(described(context, i));
      most = std::max(most, dims.known_rank() ? static_cast<double>(dims.num_elements()) : 0.0);
    }
    context->set_cost(most * static_cast<double>(context->attrs[0].ints.size() / kStepNumbers), 0);
  });
}

}  // namespace

const tg_op& row_group_op() {
  static const tg_op* op = [] {
    tg_op_def def{};
    def.struct_size = sizeof(def);
    def.signature =
        "_fused_rows(inputs: [any], *, steps: ints, outputs: ints, input_forms: ints, output_forms: ints, axes: int) "
        "-> [any]";
    def.summary = "Runs a group of reductions of rows and of elementwise ops around them block of rows by block.";
    def.since = "";
    def.infer = infer_group;
    def.kernel = run_group;
    def.cost = cost_of_group;
    def.version = 1;
    def.fusion = TG_FUSION_REDUCTION;
    def.in_place = -1;
    return register_op(def);
  }();
  return *op;
}

AttrsRef row_group_attrs(const RowGroup& group) {
  auto attrs = std::make_shared<Attrs>(5);
  for (int i = 0; i < 4; ++i) (*attrs)[static_cast<size_t>(i)].kind = TG_ATTR_INTS;
  append_numbers(group.steps, &(*attrs)[0].ints);
  (*attrs)[1].ints = group.outputs;
  (*attrs)[2].ints = group.input_forms;
  (*attrs)[3].ints = group.output_forms;
  (*attrs)[4].kind = TG_ATTR_INT;
  (*attrs)[4].i = group.axes;
  return attrs;
}

bool row_group_fits(const RowGroup& group, const std::vector<int>& input_dtypes, int64_t n) {
  if (group.steps.size() > kernels::kMostTileSteps || group.input_forms.size() > kernels::kMostTileInputs ||
      group.outputs.size() > kernels::kMostTileOutputs)
    return false;
  const AttrsRef attrs = row_group_attrs(group);
  std::vector<kernels::DType> dtypes;
  for (int dtype : input_dtypes) dtypes.push_back(static_cast<kernels::DType>(dtype));
  return kernels::rows_fit(Group(*attrs).program(), dtypes.data(), n);
}

bool row_group_in_place(const Node& node, size_t output, size_t input) {
  const Group group(*node.attrs);
  const int32_t made = group.outputs[output] - group.num_inputs;
  for (size_t k = 0; k < node.inputs.size(); ++k) {
    if (node.inputs[k] != node.inputs[input]) continue;
    if (group.input_forms[k] != group.output_forms[output]) return false;
    for (int32_t i = made + 1; i < group.num_steps; ++i) {
      const TileStep& step = group.steps[i];
      for (int a = 0; a < num_args(step.kind); ++a)
        if (step.args[a] == static_cast<int32_t>(k)) return false;
    }
  }
  return true;
}

}  // namespace tg
