// Convolutions and pools in a row, of which a few images at a time are taken through all: what lies between two of them
// then stays in the caches, and only so many images of it are in memory.
#ifndef TENSEGRA_RUNTIME_IMAGE_CHAIN_H_
#define TENSEGRA_RUNTIME_IMAGE_CHAIN_H_

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace tg {

struct ImageChain {
  int first_node = 0, last_node = 0;
  size_t begin = 0, end = 0;     // instructions
  int64_t images = 0;
  size_t bytes = 0;              // between them, for each image
  std::vector<int> outputs;      // values that others read

  // How many images are taken at a time. All of them where there are too few for the threads.
  int64_t images_at_a_time(int threads) const;
};

// Whether the kernel of a node reads an input image by image.
bool reads_images(const Node& node, size_t input);

// How many images go through the node, each on its own; 0 where nothing is won by taking a few at a time. inputs and
// output are the types.
int64_t images_through(const Node& node, const std::vector<const TensorType*>& inputs, const TensorType& output);

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_IMAGE_CHAIN_H_
