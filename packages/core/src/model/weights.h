// Weight files: mapped privately, or copied.
#ifndef TENSEGRA_MODEL_WEIGHTS_H_
#define TENSEGRA_MODEL_WEIGHTS_H_

#include <string>

#include "tensor/tensor.h"

namespace tg {

// The whole file as one buffer. Throws TG-0405 where it is missing or not of that size.
Ref<Buffer> open_weights(const std::string& path, uint64_t size, bool mmap);

}  // namespace tg

#endif  // TENSEGRA_MODEL_WEIGHTS_H_
