// The files of a saved model: regular ones, never links, mapped or copied.
#ifndef TENSEGRA_MODEL_FILES_H_
#define TENSEGRA_MODEL_FILES_H_

#include <string>

#include "tensor/tensor.h"

namespace tg {

// The bytes of saved_model.pb. Throws TG-0401 where there is none.
std::string read_model_file(const std::string& directory);
// A weight file as one buffer. Throws TG-0405 where it is missing, a link, or not of that size.
Ref<Buffer> open_weights(const std::string& directory, const std::string& name, uint64_t size, bool mmap);
// The path of an asset, which is there with that size; no part of its name is a link. Throws TG-0405.
std::string find_asset(const std::string& directory, const std::string& name, uint64_t size);

}  // namespace tg

#endif  // TENSEGRA_MODEL_FILES_H_
