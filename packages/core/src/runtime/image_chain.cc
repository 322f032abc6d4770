#include "runtime/image_chain.h"

#include <algorithm>

namespace tg {
namespace {

constexpr int64_t kPartBytes = 1 << 20;    // between the nodes of a chain, about what a cache holds
constexpr int64_t kLeastBytes = 1 << 20;   // that a node reads and writes: what is smaller stays in the caches anyway
constexpr int64_t kPartsPerThread = 4;

const AttrValue& attr(const Node& node, const char* name) {
  return (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index(name))];
}

bool is_convolution(const Node& node) {
  static const tg_op* op = find_internal_op("_fused_conv2d");
  return node.op == op;
}

bool is_pool(const Node& node) {
  static const tg_op *max = find_op("max_pool2d"), *avg = find_op("avg_pool2d");
  return node.op == max || node.op == avg;
}

int64_t bytes_of(const TensorType& type) {
  return static_cast<int64_t>(dense_bytes(type.dtype, type.dims.num_elements()));
}

}  // namespace

int64_t ImageChain::images_at_a_time(int threads) const {
  if (threads > 1 && images < kPartsPerThread * threads) return images;
  const int64_t fit = std::max<int64_t>(1, kPartBytes / std::max<int64_t>(1, static_cast<int64_t>(bytes)));
  return std::min(fit, std::max<int64_t>(1, images / (kPartsPerThread * threads)));
}

bool reads_images(const Node& node, size_t input) {
  if (input == 0 || !is_convolution(node)) return input == 0;
  return attr(node, "residual").i != 0 &&
         input == 2 + static_cast<size_t>(attr(node, "scale").i != 0) + static_cast<size_t>(attr(node, "bias").i != 0);
}

int64_t images_through(const Node& node, const std::vector<const TensorType*>& inputs, const TensorType& output) {
  if (node.device || node.outputs.size() != 1 || output.dtype != TG_FLOAT32) return 0;
  const bool convolution = is_convolution(node);
  if ((!convolution && !is_pool(node)) || attr(node, "data_format").s != "NHWC") return 0;
  const Dims &x = inputs[0]->dims, &y = output.dims;
  if (x.rank() != 4 || y.rank() != 4 || x[0] != y[0] || y[0] < 2 || x.num_elements() <= 0 || y.num_elements() <= 0)
    return 0;
  if (y[1] * y[2] < 2) return 0;  // products of single rows take other ways
  const int64_t moved = bytes_of(*inputs[0]) + bytes_of(output);
  if (moved < kLeastBytes) return 0;
  if (convolution) {
    // Filters are read once for each part, and packed for each, unless they were before or are read as they are.
    const Dims& f = inputs[1]->dims;
    const bool depthwise = f[2] == 1 && x[3] > 1;
    if ((attr(node, "packed").i == 0 && !depthwise) || bytes_of(*inputs[1]) > moved / y[0]) return 0;
  }
  return y[0];
}

}  // namespace tg
