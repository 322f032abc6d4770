// Windows that slide over up to three spatial axes, as convolutions and pools have them.
#ifndef TENSEGRA_KERNELS_WINDOWS_H_
#define TENSEGRA_KERNELS_WINDOWS_H_

#include <stdint.h>

namespace tg::kernels {

// In the order depth, height, width; what has no depth says 1 there. Along an axis, element t of window o lies
// at o * stride + t * dilation - before.
struct Windows {
  int64_t in[3], out[3], k[3];
  int64_t stride[3] = {1, 1, 1}, dilation[3] = {1, 1, 1};
  int64_t before[3] = {0, 0, 0}, after[3] = {0, 0, 0};  // pads

  int64_t places_in() const { return in[0] * in[1] * in[2]; }
  int64_t places_out() const { return out[0] * out[1] * out[2]; }
  int64_t size() const { return k[0] * k[1] * k[2]; }
};

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_WINDOWS_H_
