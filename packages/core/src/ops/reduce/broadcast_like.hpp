// One-sided broadcasting: a shape that must broadcast to another one, and the copy that does it.
#ifndef TENSEGRA_OPS_BROADCAST_LIKE_HPP_
#define TENSEGRA_OPS_BROADCAST_LIKE_HPP_

#include "kernels/copy.h"
#include "ops/common.hpp"

namespace tg {

inline void require_broadcasts_to(const Dims& from, const Dims& to, const char* from_name, const char* to_name) {
  if (!from.known_rank() || !to.known_rank()) return;
  bool ok = from.rank() <= to.rank();
  for (int i = 0; ok && i < from.rank(); ++i) {
    int64_t size = to[to.rank() - from.rank() + i];
    ok = from[i] == 1 || sizes_compatible(from[i], size);
  }
  if (!ok)
    throw invalid_argument("TG-0101",
                           std::string("the shape of ") + from_name + " must broadcast to that of " + to_name,
                           std::string(from_name) + ".shape=" + from.str() + ", " + to_name + "=" + to.str());
}

template <class C>
void broadcast_copy(C& c, const Dims& from, const Dims& to) {
  size_t size = element_size(c.dtype(0));
  Dims own = dense_strides(from, size), source = to, target = dense_strides(to, size);
  for (int i = 0; i < to.rank(); ++i) {
    int at = i - (to.rank() - from.rank());
    source[i] = at < 0 || from[at] == 1 ? 0 : own[at];
  }
  check_kernel(kernels::copy_strided(size, c.input_data(0), source.data(), c.output_data(0), target.data(), to.data(),
                                     to.rank(), c.parallel()));
}

}  // namespace tg

#endif  // TENSEGRA_OPS_BROADCAST_LIKE_HPP_
