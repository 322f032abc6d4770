// The op that a group of nodes around reductions of rows becomes. Only passes make it.
#ifndef TENSEGRA_PASSES_ROW_GROUP_H_
#define TENSEGRA_PASSES_ROW_GROUP_H_

#include <vector>

#include "graph/graph.h"
#include "kernels/tile_rows.h"

namespace tg {

// How the shape of a value comes from the group's, [rows..., row...]: the same, rows + ones, or rows alone.
enum class RowForm : int { kElements, kKept, kFlat };

// "_fused_rows(inputs: [any], *, steps: ints, outputs: ints, input_forms: ints, output_forms: ints, axes: int) -> [any]".
// steps and outputs are those of a tile group; `axes` dimensions at the end are a row.
const tg_op& row_group_op();

struct RowGroup {
  std::vector<kernels::TileStep> steps;
  std::vector<int64_t> outputs, input_forms, output_forms;
  int64_t axes = 0;
};
AttrsRef row_group_attrs(const RowGroup& group);

// Whether the values of a block of rows of n elements have room where blocks are worked on.
bool row_group_fits(const RowGroup& group, const std::vector<int>& input_dtypes, int64_t n);

// Whether output `output` of a group may be written to the memory of input `input`: nothing reads that one later.
bool row_group_in_place(const Node& node, size_t output, size_t input);

}  // namespace tg

#endif  // TENSEGRA_PASSES_ROW_GROUP_H_
