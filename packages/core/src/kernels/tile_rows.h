// Groups of operations on rows: elementwise ones on their elements, reductions of whole rows, and elementwise ones on what
// is one number for each row. Blocks of rows are worked on one after another, so that what lies in between stays in the
// nearest caches. Each step runs the loop that the same operation has alone: results are the same bit for bit.
#ifndef TENSEGRA_KERNELS_TILE_ROWS_H_
#define TENSEGRA_KERNELS_TILE_ROWS_H_

#include "kernels/reduce.h"
#include "kernels/tile.h"

namespace tg::kernels {

// How much of a row a value holds.
enum class RowLevel : int32_t {
  kElements,  // all of it
  kNumber,    // one number
};

// What makes rows of rows: kRow of one argument, kRowPair of two.
enum class RowOp : int32_t {
  kSoftmax,
  kLogSoftmax,
  kOneHot,          // its argument is the number of each row, int32 or int64; args[1] is n
  kSoftmaxGrad,     // of the gradient of softmax's result, and of that
  kLogSoftmaxGrad,
};

struct RowProgram {
  const TileStep* steps;
  int32_t num_steps;
  int32_t num_inputs;
  const RowLevel* levels;  // of each value: the inputs, then the results of the steps
  const int32_t* outputs;  // values; each is a step's result
  int32_t num_outputs;
};

// The level of a step's result. The arguments of a reduction or a RowOp (but kOneHot) have kElements; other steps repeat the numbers among their
// arguments where another argument has elements.
RowLevel row_level_of(const TileStep& step, const RowLevel* levels);

// Whether there is a loop for the step, one that cannot fail.
bool row_step_supports(const TileStep& step);

// Elements of the largest block of rows of n elements.
int64_t row_block(int64_t n);

// Whether the program's values fit where blocks are worked on. 0 < n <= kLongestRow.
bool rows_fit(const RowProgram& program, const DType* input_dtypes, int64_t n);

// elements: the space [rows..., n], in which inputs of the level kElements are read; numbers: the space [rows...], in which
// the others are. Outputs are dense, and may be the memory of an input of the same level that is dense over its space and
// has elements of the same size, if no step after the one that makes it reads that input. work: as tile_work_bytes says,
// for blocks of row_block(n) elements, of the inputs of one level behind those of the other.
Status run_rows(const RowProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& elements,
                const TileSpace& numbers, int64_t n, void* work, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_TILE_ROWS_H_
