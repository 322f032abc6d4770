// Steps that are one formula become one step.
#ifndef TENSEGRA_PASSES_TILE_FORMULAS_H_
#define TENSEGRA_PASSES_TILE_FORMULAS_H_

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "kernels/tile.h"

namespace tg {

// gelu and silu of float32, as their ops write them, become steps of their own where nothing else reads what lies in
// between. Bits stay. inputs: the values that a group reads; outputs: numbers of values, as in kernels/tile.h.
void join_formulas(const std::vector<Value>& values, const std::vector<int>& inputs,
                   std::vector<kernels::TileStep>* steps, std::vector<int64_t>* outputs);

}  // namespace tg

#endif  // TENSEGRA_PASSES_TILE_FORMULAS_H_
