// The op that a group of elementwise nodes becomes. Only passes make it.
#ifndef TENSEGRA_PASSES_TILE_GROUP_H_
#define TENSEGRA_PASSES_TILE_GROUP_H_

#include "graph/graph.h"
#include "kernels/tile.h"

namespace tg {

// "_fused_elementwise(inputs: [any], *, steps: ints, outputs: ints) -> [any]". steps holds seven numbers for each:
// kind, op, dtype of the arguments, dtype of the result, three arguments. Values are numbered as in kernels/tile.h.
const tg_op& tile_group_op();
constexpr int kStepNumbers = 7;

// The step that does what a node does, its arguments yet to be set; false where there is none.
bool tile_step_of(const Node& node, const std::vector<Value>& values, kernels::TileStep* step);

// The steps of a group.
std::vector<kernels::TileStep> tile_group_steps(const Node& node);

AttrsRef tile_group_attrs(const std::vector<kernels::TileStep>& steps, const std::vector<int64_t>& outputs);

// Whether output `output` of a group may be written to the memory of input `input`: nothing reads that one later.
bool tile_group_in_place(const Node& node, size_t output, size_t input);

}  // namespace tg

#endif  // TENSEGRA_PASSES_TILE_GROUP_H_
