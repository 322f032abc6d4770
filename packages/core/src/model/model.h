// A loaded saved model.
#ifndef TENSEGRA_MODEL_MODEL_H_
#define TENSEGRA_MODEL_MODEL_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/saved_message.h"
#include "runtime/function.h"

namespace tg {

struct SignatureInfo {
  std::string name;
  Ref<tg_function> function;
  std::vector<ValueTypeMessage> inputs, outputs;
};

}  // namespace tg

struct tg_model {
  std::string proto;  // saved_model.pb as read
  std::vector<tg::SignatureInfo> signatures;
  std::unordered_map<std::string, tg::Ref<tg_function>> functions;
  std::vector<tg::TensorRef> object_tensors;  // null where the object has none

  size_t find_signature(const std::string& name) const;  // throws TG-0406
};

namespace tg {

std::unique_ptr<tg_model> load_model(const std::string& directory, bool mmap);

}  // namespace tg

#endif  // TENSEGRA_MODEL_MODEL_H_
