// The op that a group of elementwise nodes becomes. Only passes make it.
#ifndef TENSEGRA_PASSES_TILE_GROUP_H_
#define TENSEGRA_PASSES_TILE_GROUP_H_

#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "kernels/tile.h"

namespace tg {

// "_fused_elementwise(inputs: [any], *, steps: ints, outputs: ints) -> [any]". steps holds seven numbers for each:
// kind, op, dtype of the arguments, dtype of the result, three arguments. Values are numbered as in kernels/tile.h.
const tg_op& tile_group_op();
constexpr int kStepNumbers = 7;

// How many steps do what a node does, at most; 0 where there are none. What is computed on halves is computed in float32,
// as the ops themselves do: each operation is a step between steps that convert.
int num_tile_steps(const Node& node, const std::vector<Value>& values);

// The steps of a group, made node by node.
class StepList {
 public:
  explicit StepList(const std::vector<Value>& values) : values_(values) {}
  // Inputs come before all else. `as` tells apart what is listed several times.
  void add_input(int value, int as = 0);
  // What an elementwise node does with inputs listed like that.
  void add(const Node& node, int as = 0);
  // A step that makes `value`.
  void add(kernels::TileStep step, int value, const std::vector<int>& arguments, int as);
  // `value` is another name of what `same` is.
  void add_name(int value, int same, int as) { made_[value] = number_of(same, as); }
  int number_of(int value, int as = 0) const;
  const std::vector<kernels::TileStep>& steps() const { return steps_; }

 private:
  int push(const kernels::TileStep& step) {
    steps_.push_back(step);
    return static_cast<int>(inputs_.size() + steps_.size()) - 1;
  }
  int widened(int number, int dtype);

  const std::vector<Value>& values_;
  std::vector<std::pair<int, int>> inputs_;  // value, as
  std::unordered_map<int, int> made_;        // value -> number
  std::unordered_map<int, int> widened_;     // number of halves -> number of the same in float32
  std::vector<kernels::TileStep> steps_;
};

void append_numbers(const std::vector<kernels::TileStep>& steps, std::vector<int64_t>* numbers);
// Reads back what append_numbers wrote; at most kMostTileSteps.
int32_t read_steps(const std::vector<int64_t>& numbers, kernels::TileStep* steps);
int num_args(kernels::TileKind kind);
// The dims of what a step gives. Throws where those of its arguments do not fit.
Dims step_dims(const kernels::TileStep& step, const std::vector<Dims>& dims);

// The steps of a group.
std::vector<kernels::TileStep> tile_group_steps(const Node& node);

AttrsRef tile_group_attrs(const std::vector<kernels::TileStep>& steps, const std::vector<int64_t>& outputs);

// Whether output `output` of a group may be written to the memory of input `input`: nothing reads that one later.
bool tile_group_in_place(const Node& node, size_t output, size_t input);

}  // namespace tg

#endif  // TENSEGRA_PASSES_TILE_GROUP_H_
