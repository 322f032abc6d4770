// Groups of elementwise operations, run tile by tile: a tile's intermediate values stay in the nearest cache, so that
// memory is only read for the inputs of a group and only written for its outputs. Each step runs the loop that the same
// operation has alone, so results are the same bit for bit.
#ifndef TENSEGRA_KERNELS_TILE_H_
#define TENSEGRA_KERNELS_TILE_H_

#include "kernels/elementwise.h"

namespace tg::kernels {

constexpr int kMostTileInputs = 24;
constexpr int kMostTileSteps = 64;
constexpr int kMostTileOutputs = 12;

enum class TileKind : int32_t { kUnary, kBinary, kSelect, kCast, kReduce, kRow, kRowPair, kActivation };

// One operation. Its arguments are numbers of values: the inputs in order, then the results of the steps in order.
struct TileStep {
  TileKind kind;
  int32_t op;      // a UnaryOp, a BinaryOp, or, in groups of rows (tile_rows.h), a ReduceOp or a RowOp;
                   // of kActivation an Activation (epilogue.h) that is several operations, float32
  DType in;        // of the arguments (of a selection: of the second and third; the first is bool)
  DType out;
  int32_t args[3];
};

struct TileProgram {
  const TileStep* steps;
  int32_t num_steps;
  int32_t num_inputs;
  const int32_t* outputs;  // values; each is a step's result
  int32_t num_outputs;
};

// The elements of the outputs, and how an input is read while they are walked.
struct TileSpace {
  int32_t rank;  // of the merged shape, at least 1
  int64_t size;
  int64_t dims[kMaxRank];
};

struct TileInput {
  const void* data;
  DType dtype;
  int64_t strides[kMaxRank];  // in elements, over the dims of the space; 0 where it is repeated
};

// Merges adjacent dimensions that all inputs walk alike. rank_of[i] and dims_of[i] are the shape of input i, which
// broadcasts to `dims`. kBadShape where one does not.
Status make_tile_space(const int64_t* dims, int32_t rank, const int64_t* const* dims_of, const int32_t* rank_of,
                       int32_t num_inputs, TileSpace* space, TileInput* inputs);

// Whether there is a loop for the step, one that cannot fail.
bool tile_supports(const TileStep& step);

// Bytes of memory (64-byte aligned) that are needed to repeat short inputs in, for blocks of at most `room` elements;
// run_tiles reads blocks of kTile.
constexpr int64_t kTile = 256;
size_t tile_work_bytes(const TileInput* inputs, int32_t num_inputs, const TileSpace& space, int64_t room = kTile);

// outputs[k] is dense. It may be the memory of an input that is dense over the space and has elements of the same size,
// if no step after the one that makes it reads that input.
Status run_tiles(const TileProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& space,
                 void* work, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_TILE_H_
