// Lets a group of elementwise ops compute what it reads of an earlier group once more, from what that one read. The values
// between a model and its gradient then need no memory, and nobody writes and reads them.
// Before: a valid graph with groups. After: the same results; a group may hold steps of groups before it.
#include <algorithm>

#include "passes/pass.h"
#include "passes/tile_group.h"

namespace tg {
namespace {

using kernels::TileKind;
using kernels::TileStep;

// More steps for each value saved cost more than its memory.
constexpr size_t kStepsPerValue = 8;

int num_args(const TileStep& step) {
  return step.kind == TileKind::kSelect ? 3 : step.kind == TileKind::kBinary ? 2 : 1;
}

// A group whose steps refer to values of the graph, or, as -1 - i, to step i.
struct Parts {
  std::vector<TileStep> steps;
  std::vector<int> returned;  // the step of each output

  Parts(const Node& node) : steps(tile_group_steps(node)) {
    const int inputs = static_cast<int>(node.inputs.size());
    for (TileStep& step : steps)
      for (int k = 0; k < num_args(step); ++k)
        step.args[k] = step.args[k] < inputs ? node.inputs[static_cast<size_t>(step.args[k])]
                                             : -1 - (step.args[k] - inputs);
    for (int64_t output : (*node.attrs)[1].ints) returned.push_back(static_cast<int>(output) - inputs);
  }

  // Marks a step and what it needs.
  void mark(int step, std::vector<bool>* needed) const {
    if ((*needed)[static_cast<size_t>(step)]) return;
    (*needed)[static_cast<size_t>(step)] = true;
    const TileStep& at = steps[static_cast<size_t>(step)];
    for (int k = 0; k < num_args(at); ++k)
      if (at.args[k] < 0) mark(-1 - at.args[k], needed);
  }

  // What the steps read from outside.
  std::vector<int> inputs() const {
    std::vector<int> found;
    for (const TileStep& step : steps)
      for (int k = 0; k < num_args(step); ++k)
        if (step.args[k] >= 0 && std::find(found.begin(), found.end(), step.args[k]) == found.end())
          found.push_back(step.args[k]);
    return found;
  }

  void write(Node* node) const {
    node->inputs = inputs();
    const int count = static_cast<int>(node->inputs.size());
    std::vector<TileStep> numbered = steps;
    for (TileStep& step : numbered)
      for (int k = 0; k < num_args(step); ++k)
        step.args[k] = step.args[k] < 0 ? count - 1 - step.args[k]
                                        : static_cast<int>(std::find(node->inputs.begin(), node->inputs.end(),
                                                                     step.args[k]) -
                                                           node->inputs.begin());
    std::vector<int64_t> outputs;
    for (int step : returned) outputs.push_back(count + step);
    node->attrs = tile_group_attrs(numbered, outputs);
  }
};

class Recomputer {
 public:
  explicit Recomputer(tg_graph* graph) : graph_(*graph), readers_(graph->values.size(), 0) {
    for (const Node& node : graph_.nodes)
      for (int input : node.inputs) ++readers_[static_cast<size_t>(input)];
    for (int output : graph_.outputs) ++readers_[static_cast<size_t>(output)];
  }

  void run() {
    bool changed = false;
    for (Node& node : graph_.nodes) {
      if (node.op != &tile_group_op()) continue;
      std::vector<int> makers;
      for (int input : node.inputs) {
        const int maker = graph_.values[static_cast<size_t>(input)].node;
        if (maker >= 0 && graph_.nodes[static_cast<size_t>(maker)].op == &tile_group_op() &&
            std::find(makers.begin(), makers.end(), maker) == makers.end())
          makers.push_back(maker);
      }
      for (int maker : makers) changed = take_over(graph_.nodes[static_cast<size_t>(maker)], node) || changed;
    }
    if (changed) graph_.renumber();
  }

 private:
  const Dims& dims_of(int value) const { return graph_.values[static_cast<size_t>(value)].type.dims; }

  bool take_over(Node& maker, Node& reader) {
    if (maker.device != reader.device || !(dims_of(maker.outputs[0]) == dims_of(reader.outputs[0]))) return false;
    const Parts from(maker);
    std::vector<int> saved;  // values that nobody else reads
    std::vector<bool> needed(from.steps.size(), false);
    for (size_t k = 0; k < maker.outputs.size(); ++k) {
      const int value = maker.outputs[k];
      if (readers_[static_cast<size_t>(value)] != 1 ||
          std::find(reader.inputs.begin(), reader.inputs.end(), value) == reader.inputs.end())
        continue;
      saved.push_back(value);
      from.mark(from.returned[k], &needed);
    }
    // A group keeps one output at least, and who has no other reader would have been joined with it if that were right.
    if (saved.empty() || saved.size() == maker.outputs.size()) return false;
    const Parts old(reader);
    Parts made = old;
    made.steps.clear();
    std::vector<int> place(from.steps.size(), 0);
    for (size_t i = 0; i < from.steps.size(); ++i) {
      if (!needed[i]) continue;
      TileStep step = from.steps[i];
      for (int k = 0; k < num_args(step); ++k)
        if (step.args[k] < 0) step.args[k] = -1 - place[static_cast<size_t>(-1 - step.args[k])];
      place[i] = static_cast<int>(made.steps.size());
      made.steps.push_back(step);
    }
    const int added = static_cast<int>(made.steps.size());
    for (TileStep step : old.steps) {
      for (int k = 0; k < num_args(step); ++k) {
        if (step.args[k] < 0) {
          step.args[k] -= added;
          continue;
        }
        if (std::find(saved.begin(), saved.end(), step.args[k]) == saved.end()) continue;
        const auto output = std::find(maker.outputs.begin(), maker.outputs.end(), step.args[k]) - maker.outputs.begin();
        step.args[k] = -1 - place[static_cast<size_t>(from.returned[static_cast<size_t>(output)])];
      }
      made.steps.push_back(step);
    }
    for (int& step : made.returned) step += added;
    const std::vector<int> inputs = made.inputs();
    size_t large = 0;  // what it reads instead, of the same size
    for (int input : inputs)
      if (std::find(reader.inputs.begin(), reader.inputs.end(), input) == reader.inputs.end() &&
          dims_of(input) == dims_of(reader.outputs[0]))
        ++large;
    if (large >= saved.size() || static_cast<size_t>(added) > kStepsPerValue * (saved.size() - large) ||
        made.steps.size() > kernels::kMostTileSteps || inputs.size() > kernels::kMostTileInputs)
      return false;
    count(reader, -1);
    count(maker, -1);
    made.write(&reader);
    leave_out(from, saved, &maker);
    count(reader, 1);
    count(maker, 1);
    return true;
  }

  void count(const Node& node, int by) {
    for (int input : node.inputs) readers_[static_cast<size_t>(input)] += by;
  }

  // What is left of a group without some of its outputs.
  static void leave_out(const Parts& from, const std::vector<int>& saved, Node* maker) {
    std::vector<int> outputs, returned;
    std::vector<bool> needed(from.steps.size(), false);
    for (size_t k = 0; k < maker->outputs.size(); ++k) {
      if (std::find(saved.begin(), saved.end(), maker->outputs[k]) != saved.end()) continue;
      outputs.push_back(maker->outputs[k]);
      returned.push_back(from.returned[k]);
      from.mark(from.returned[k], &needed);
    }
    Parts rest = from;
    rest.steps.clear();
    std::vector<int> place(from.steps.size(), 0);
    for (size_t i = 0; i < from.steps.size(); ++i) {
      if (!needed[i]) continue;
      TileStep step = from.steps[i];
      for (int k = 0; k < num_args(step); ++k)
        if (step.args[k] < 0) step.args[k] = -1 - place[static_cast<size_t>(-1 - step.args[k])];
      place[i] = static_cast<int>(rest.steps.size());
      rest.steps.push_back(step);
    }
    rest.returned.clear();
    for (int step : returned) rest.returned.push_back(place[static_cast<size_t>(step)]);
    maker->outputs = std::move(outputs);
    rest.write(maker);
  }

  tg_graph& graph_;
  std::vector<int> readers_;  // how many inputs and results each value is
};

}  // namespace

void recompute_elementwise(tg_graph* graph) { Recomputer(graph).run(); }

}  // namespace tg
