// How a group's inputs are walked.
#include "kernels/tile_internal.h"
#include "kernels/tile_rows.h"

namespace tg::kernels {

Status make_tile_space(const int64_t* dims, int32_t rank, const int64_t* const* dims_of, const int32_t* rank_of,
                       int32_t num_inputs, TileSpace* space, TileInput* inputs) {
  if (rank > kMaxRank) return Status::kBadShape;
  int64_t full[kMostTileInputs][kMaxRank];
  space->size = 1;
  for (int32_t axis = 0; axis < rank; ++axis) space->size *= dims[axis];
  for (int32_t k = 0; k < num_inputs; ++k) {
    if (rank_of[k] > rank) return Status::kBadShape;
    int64_t step = 1;
    for (int32_t axis = rank - 1; axis >= 0; --axis) {
      const int32_t own = axis - (rank - rank_of[k]);
      const int64_t size = own < 0 ? 1 : dims_of[k][own];
      if (size != dims[axis] && size != 1) return Status::kBadShape;
      full[k][axis] = size == 1 ? 0 : step;
      step *= size;
    }
  }
  space->rank = 0;
  for (int32_t axis = 0; axis < rank; ++axis) {
    if (dims[axis] == 1) continue;
    bool joins = space->rank > 0;
    for (int32_t k = 0; joins && k < num_inputs; ++k)
      joins = inputs[k].strides[space->rank - 1] == full[k][axis] * dims[axis];
    const int32_t at = joins ? space->rank - 1 : space->rank++;
    space->dims[at] = joins ? space->dims[at] * dims[axis] : dims[axis];
    for (int32_t k = 0; k < num_inputs; ++k) inputs[k].strides[at] = full[k][axis];
  }
  if (space->rank == 0) {
    space->rank = 1;
    space->dims[0] = 1;
    for (int32_t k = 0; k < num_inputs; ++k) inputs[k].strides[0] = 0;
  }
  return Status::kOk;
}

TileAccess tile_access(const TileInput& input, const TileSpace& space, int64_t* period) {
  // The innermost dimensions that it walks densely, behind outer ones that repeat it.
  *period = 1;
  int32_t axis = space.rank - 1;
  for (; axis >= 0 && input.strides[axis] == *period; --axis) *period *= space.dims[axis];
  if (axis < 0) return TileAccess::kDense;
  for (; axis >= 0; --axis)
    if (input.strides[axis] != 0) return TileAccess::kGathered;
  return *period == 1 ? TileAccess::kSingle : TileAccess::kRepeated;
}

size_t tile_work_bytes(const TileInput* inputs, int32_t num_inputs, const TileSpace& space, int64_t room) {
  size_t bytes = 64;
  for (int32_t k = 0; k < num_inputs; ++k) {
    int64_t period;
    if (tile_access(inputs[k], space, &period) != TileAccess::kRepeated) continue;
    bytes += (static_cast<size_t>(period + room) * dtype_size(inputs[k].dtype) + 63) / 64 * 64;
  }
  return bytes;
}

RowLevel row_level_of(const TileStep& step, const RowLevel* levels) {
  if (step.kind == TileKind::kReduce) return RowLevel::kNumber;
  if (step.kind == TileKind::kRow || step.kind == TileKind::kRowPair) return RowLevel::kElements;
  const int args = step.kind == TileKind::kSelect ? 3 : step.kind == TileKind::kBinary ? 2 : 1;
  for (int k = 0; k < args; ++k)
    if (levels[step.args[k]] == RowLevel::kElements) return RowLevel::kElements;
  return RowLevel::kNumber;
}

int64_t row_block(int64_t n) {
  constexpr int64_t wanted = 512;
  return n >= wanted ? n : wanted / n * n;
}

}  // namespace tg::kernels
