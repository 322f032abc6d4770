// What the two sources of tile.h share.
#ifndef TENSEGRA_KERNELS_TILE_INTERNAL_H_
#define TENSEGRA_KERNELS_TILE_INTERNAL_H_

#include "kernels/tile.h"

namespace tg::kernels {

enum class TileAccess {
  kDense,     // element i of the space is element i of the input
  kSingle,    // one element for all
  kRepeated,  // a dense block again and again
  kGathered,  // anything else: copied into a tile
};

// period: elements of the block that kRepeated repeats.
TileAccess tile_access(const TileInput& input, const TileSpace& space, int64_t* period);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_TILE_INTERNAL_H_
