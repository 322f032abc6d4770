// Joins reductions over the last axes with the elementwise nodes around them into groups that run block of rows by block.
// Before: a valid graph. After: the same results; a reduction over axes at the end, whose rows have a known number of
// elements that is not large, is in one group with what makes its argument, with what is computed from its results for
// each row, and with what reads those beside all elements, as far as a group has room. softmax, log_softmax, their gradients
// and one_hot along the last axis are steps of such groups, so that a cross entropy and its gradient are one op, however
// they are written.
#include <algorithm>
#include <tuple>

#include "kernels/reduce.h"
#include "passes/grouping.h"
#include "passes/pass.h"
#include "passes/row_group.h"
#include "passes/tile_group.h"

namespace tg {
namespace {

using kernels::ReduceOp;
using kernels::RowOp;
using kernels::TileKind;
using kernels::TileStep;

enum class Role { kNone, kElements, kReduction, kNumber, kName };

// What a node can be in a group.
struct Part {
  Role role = Role::kNone;
  int axes = 0;          // of a row; kElements: any
  int space = -1;        // the value whose shape is the group's
  RowForm form = RowForm::kElements;  // of the result
  bool of_rows = false;  // a step below; else one of those of an elementwise node, or none
  TileStep step{};

  bool is_one_hot() const {
    return of_rows && step.kind == TileKind::kRow && step.op == static_cast<int32_t>(RowOp::kOneHot);
  }
};

class Fuser {
 public:
  explicit Fuser(tg_graph* graph) : graph_(*graph), parts_(graph->nodes.size()) {}

  void run() {
    if (!find_parts()) return;
    Grouping grouping(&graph_);
    grouping_ = &grouping;
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      if (parts_[i].role != Role::kNone) join(static_cast<int>(i));
    for (int group = 0; group < grouping.num_groups(); ++group)
      if (!grouping.members(group).empty() && !worth_it(grouping.members(group))) grouping.dissolve(group);
    grouping.rewrite([this](const Grouping::Members& members) { return group_node(members); });
  }

 private:
  const Dims& dims(int value) const { return graph_.values[value].type.dims; }
  int result(int node) const { return graph_.nodes[node].outputs[0]; }
  int maker(int value) const { return graph_.values[value].node; }

  // False if there is no reduction.
  bool find_parts() {
    std::vector<int> shapes;  // one value for each shape that reductions are over
    for (const Node& node : graph_.nodes)
      if (reduces(node, nullptr) || changes_rows(node, nullptr))
        shapes.push_back(node.op->name == "one_hot" ? node.outputs[0] : node.inputs[0]);
    if (shapes.empty()) return false;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) parts_[i] = part_of(graph_.nodes[i], shapes);
    return true;
  }

  Part part_of(const Node& node, const std::vector<int>& shapes) const {
    Part part;
    if (node.device || node.outputs.size() != 1 || graph_.values[node.outputs[0]].constant ||
        !fully_known(dims(node.outputs[0])))
      return part;
    if (reduces(node, &part) || changes_rows(node, &part)) return part;
    if (node.op->is_view()) return name_of(node);
    if (num_tile_steps(node, graph_.values) == 0) return part;
    const Dims& out = dims(node.outputs[0]);
    for (int input : node.inputs) {
      if (maker(input) < 0) continue;
      const Part& from = parts_[maker(input)];
      if (!is_number(from) || !(dims(input) == out)) continue;
      part = from;
      part.role = Role::kNumber;
      part.of_rows = false;
      return part;
    }
    for (int shape : shapes)
      if (dims(shape) == out) {
        part.role = Role::kElements;
        part.space = shape;
        break;
      }
    return part;
  }

  static bool is_number(const Part& part) {
    return part.role == Role::kReduction || part.role == Role::kNumber || part.role == Role::kName;
  }

  // Ones at the end that come or go change nothing about numbers of rows.
  Part name_of(const Node& node) const {
    Part part;
    const int input = node.inputs[0];
    if (maker(input) < 0 || !is_number(parts_[maker(input)])) return part;
    const Part& from = parts_[maker(input)];
    const Dims& out = dims(node.outputs[0]);
    for (RowForm form : {RowForm::kKept, RowForm::kFlat})
      if (out == of_form(dims(from.space), from.axes, form)) {
        part = from;
        part.role = Role::kName;
        part.of_rows = false;
        part.form = form;
      }
    return part;
  }

  static Dims of_form(const Dims& space, int axes, RowForm form) {
    Dims made;
    for (int i = 0; i < space.rank(); ++i) {
      if (form == RowForm::kElements || i < space.rank() - axes) made.push_back(space[i]);
      else if (form == RowForm::kKept) made.push_back(1);
    }
    return made;
  }

  // Whether a node reduces rows that are neither short nor long.
  bool reduces(const Node& node, Part* part) const {
    static const std::pair<const char*, ReduceOp> ops[] = {
        {"reduce_sum", ReduceOp::kSum},   {"reduce_mean", ReduceOp::kMean}, {"reduce_max", ReduceOp::kMax},
        {"reduce_min", ReduceOp::kMin},   {"reduce_prod", ReduceOp::kProd}, {"reduce_all", ReduceOp::kAll},
        {"reduce_any", ReduceOp::kAny},   {"sum_to_like", ReduceOp::kSum},
    };
    const auto* found = std::find_if(std::begin(ops), std::end(ops),
                                     [&](const auto& known) { return node.op->name == known.first; });
    if (found == std::end(ops) || node.device || node.outputs.size() != 1) return false;
    const int x = node.inputs[0];
    const Dims &all = dims(x), &out = dims(node.outputs[0]);
    if (!fully_known(all) || !fully_known(out)) return false;
    // A row begins where the shapes of argument and result part.
    int axes = 0;
    int64_t n = 1;
    while (axes < all.rank()) {
      const int64_t size = all[all.rank() - 1 - axes];
      if (size < 1) return false;
      n *= size;
      if (n > kernels::kLongestRow) return false;
      ++axes;
      if (n < 2) continue;
      for (RowForm form : {RowForm::kKept, RowForm::kFlat}) {
        if (!(out == of_form(all, axes, form)) || !reduces_last(node, all.rank(), axes, form)) continue;
        TileStep step{TileKind::kReduce, static_cast<int32_t>(found->second), dtype_of(x), dtype_of(node.outputs[0]),
                      {0, 0, 0}};
        if (!kernels::row_step_supports(step)) return false;
        if (part != nullptr) *part = {Role::kReduction, axes, x, form, true, step};
        return true;
      }
    }
    return false;
  }

  // Whether a node makes rows of rows, along the last axis.
  bool changes_rows(const Node& node, Part* part) const {
    static const std::tuple<const char*, TileKind, RowOp> ops[] = {
        {"softmax", TileKind::kRow, RowOp::kSoftmax},
        {"log_softmax", TileKind::kRow, RowOp::kLogSoftmax},
        {"one_hot", TileKind::kRow, RowOp::kOneHot},
        {"softmax_grad", TileKind::kRowPair, RowOp::kSoftmaxGrad},
        {"log_softmax_grad", TileKind::kRowPair, RowOp::kLogSoftmaxGrad},
    };
    const auto* found = std::find_if(std::begin(ops), std::end(ops),
                                     [&](const auto& known) { return node.op->name == std::get<0>(known); });
    if (found == std::end(ops) || node.device || node.outputs.size() != 1) return false;
    const Dims& out = dims(node.outputs[0]);
    if (!fully_known(out) || out.rank() < 1) return false;
    const int64_t n = out[out.rank() - 1];
    auto attr = [&](const char* name) -> const AttrValue& {
      return (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index(name))];
    };
    if (n < 2 || n > kernels::kLongestRow || (attr("axis").i != -1 && attr("axis").i != out.rank() - 1)) return false;
    const bool one_hot = std::get<2>(*found) == RowOp::kOneHot;
    if (one_hot) {
      if (attr("on_value").f != 1.0 || attr("off_value").f != 0.0 ||
          !(dims(node.inputs[0]) == of_form(out, 1, RowForm::kFlat)))
        return false;
    } else {
      for (int input : node.inputs)
        if (!(dims(input) == out)) return false;
    }
    TileStep step{std::get<1>(*found), static_cast<int32_t>(std::get<2>(*found)), dtype_of(node.inputs[0]),
                  dtype_of(node.outputs[0]), {0, one_hot ? static_cast<int32_t>(n) : 0, 0}};
    if (!kernels::row_step_supports(step)) return false;
    if (part != nullptr) *part = {Role::kElements, 1, node.outputs[0], RowForm::kElements, true, step};
    return true;
  }

  // The shapes alone do not tell which of several axes of one size are gone.
  static bool reduces_last(const Node& node, int rank, int axes, RowForm form) {
    // Shapes are aligned at their ends: what lacks dimensions lacks the first ones.
    if (node.op->name == "sum_to_like") return form == RowForm::kKept || axes == rank;
    const AttrValue& axis = (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index("axis"))];
    if (axis.kind != TG_ATTR_INTS) return axes == rank;
    if (static_cast<int>(axis.ints.size()) != axes) return false;
    for (int64_t number : axis.ints)
      if ((number < 0 ? number + rank : number) < rank - axes) return false;
    return true;
  }

  kernels::DType dtype_of(int value) const { return static_cast<kernels::DType>(graph_.values[value].type.dtype); }

  // Whether a node reads what another one of its group makes in a way that groups serve.
  bool may_read(int node, int input) const {
    const Part &part = parts_[node], &from = parts_[maker(input)];
    const bool whole = from.role == Role::kElements;
    switch (part.role) {
      case Role::kElements:
        if (part.is_one_hot()) return false;
        if (whole) return dims(input) == dims(result(node));
        if (part.of_rows) return false;
        return dims(from.space) == dims(result(node)) &&
               (from.form == RowForm::kKept || from.axes == dims(from.space).rank());
      case Role::kReduction:
        return whole && dims(input) == dims(part.space);
      case Role::kNumber:
      case Role::kName:
        return !whole && from.axes == part.axes && dims(from.space) == dims(part.space) &&
               (part.role == Role::kName || from.form == part.form);
      default:
        return false;
    }
  }

  // The likes of sum_to_like are read for their shape alone.
  size_t num_read(const Node& node) const {
    return node.op->is_view() || parts_[result_node(node)].role == Role::kReduction ? 1 : node.inputs.size();
  }
  int result_node(const Node& node) const { return graph_.values[node.outputs[0]].node; }

  void join(int node) {
    grouping_->begin(node);
    for (size_t k = 0; k < num_read(graph_.nodes[node]); ++k) {
      const int input = graph_.nodes[node].inputs[k], before = maker(input);
      if (before < 0 || parts_[before].role == Role::kNone || grouping_->group_of(before) < 0 ||
          grouping_->group_of(before) == grouping_->group_of(node) || !may_read(node, input))
        continue;
      grouping_->join(grouping_->group_of(before), grouping_->group_of(node),
                      [this](const Grouping::Members& members) { return fits(members); });
    }
  }

  // Rows have one length, and everything that is made inside is read as it may be.
  bool fits(const Grouping::Members& members) const {
    int axes = 0;
    for (int node : members) {
      if (parts_[node].axes != 0 && axes != 0 && parts_[node].axes != axes) return false;
      if (parts_[node].axes != 0) axes = parts_[node].axes;
      const std::vector<int>& inputs = graph_.nodes[node].inputs;
      for (size_t k = 0; k < inputs.size(); ++k) {
        const int before = maker(inputs[k]);
        if (before < 0 || !std::binary_search(members.begin(), members.end(), before)) continue;
        if (k >= num_read(graph_.nodes[node]) || !may_read(node, inputs[k])) return false;
      }
    }
    if (axes == 0) return static_cast<int>(members.size()) <= kernels::kMostTileSteps / 2;
    RowGroup group;
    std::vector<int> inputs, outputs;
    make_group(members, &group, &inputs, &outputs);
    std::vector<int> dtypes;
    for (int input : inputs) dtypes.push_back(graph_.values[input].type.dtype);
    return row_group_fits(group, dtypes, row_length(members));
  }

  int64_t row_length(const Grouping::Members& members) const {
    for (int node : members) {
      if (parts_[node].axes == 0) continue;
      int64_t n = 1;
      const Dims& space = dims(parts_[node].space);
      for (int i = 0; i < parts_[node].axes; ++i) n *= space[space.rank() - 1 - i];
      return n;
    }
    return 0;
  }

  // A step on rows, and another that is more than another name.
  bool worth_it(const Grouping::Members& members) const {
    int reductions = 0, steps = 0;
    for (int node : members) {
      reductions += parts_[node].of_rows && !parts_[node].is_one_hot();
      steps += parts_[node].role != Role::kName;
    }
    return reductions > 0 && steps > 1;
  }

  // How a node lists its inputs from outside.
  RowForm read_as(int node) const {
    const Part& part = parts_[node];
    if (part.is_one_hot()) return RowForm::kFlat;
    return part.role == Role::kElements || part.role == Role::kReduction ? RowForm::kElements : part.form;
  }

  void make_group(const Grouping::Members& members, RowGroup* group, std::vector<int>* inputs,
                  std::vector<int>* outputs) const {
    std::vector<int> outside;
    grouping_->describe(members, &outside, outputs);
    StepList steps(graph_.values);
    for (int node : members) {
      const std::vector<int>& read = graph_.nodes[node].inputs;
      for (size_t k = 0; k < num_read(graph_.nodes[node]); ++k) {
        const int before = maker(read[k]);
        if (before >= 0 && std::binary_search(members.begin(), members.end(), before)) continue;
        const int form = static_cast<int>(read_as(node));
        bool known = false;
        for (size_t j = 0; j < inputs->size(); ++j)
          known = known || ((*inputs)[j] == read[k] && group->input_forms[j] == form);
        if (known) continue;
        inputs->push_back(read[k]);
        group->input_forms.push_back(form);
        steps.add_input(read[k], form);
      }
    }
    for (int number : members) {
      const Node& node = graph_.nodes[number];
      const Part& part = parts_[number];
      const int as = static_cast<int>(read_as(number));
      if (part.axes != 0) group->axes = part.axes;
      if (part.role == Role::kName) steps.add_name(result(number), node.inputs[0], as);
      else if (part.of_rows) steps.add(part.step, result(number), node.inputs, as);
      else steps.add(node, as);
    }
    for (int output : *outputs) {
      group->outputs.push_back(steps.number_of(output));
      group->output_forms.push_back(static_cast<int64_t>(parts_[maker(output)].form));
    }
    group->steps = steps.steps();
  }

  Node group_node(const Grouping::Members& members) const {
    RowGroup group;
    Node node;
    make_group(members, &group, &node.inputs, &node.outputs);
    const Node& last = graph_.nodes[members.back()];
    node.op = &row_group_op();
    node.attrs = row_group_attrs(group);
    node.name = "fused:" + last.name;
    node.source = last.source;
    return node;
  }

  tg_graph& graph_;
  Grouping* grouping_ = nullptr;
  std::vector<Part> parts_;
};

}  // namespace

void fuse_reductions(tg_graph* graph) { Fuser(graph).run(); }

}  // namespace tg
