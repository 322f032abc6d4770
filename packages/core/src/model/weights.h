// The weights of a model: tensors that lie in its files.
#ifndef TENSEGRA_MODEL_WEIGHTS_H_
#define TENSEGRA_MODEL_WEIGHTS_H_

#include <string>
#include <unordered_map>
#include <vector>

#include "model/saved_message.h"
#include "tensor/tensor.h"

namespace tg {

class Weights {
 public:
  // Opens the files and checks where each weight lies: within its file, over no other. Throws TG-0402, TG-0405.
  Weights(const std::string& directory, const std::vector<FileMessage>& files, std::vector<WeightMessage> weights,
          bool mmap);

  // A weight by its name, each made once: what many objects refer to takes no more memory than what one does.
  TensorRef get(const std::string& name);

 private:
  struct Entry {
    WeightMessage message;
    TensorRef tensor;
  };

  void check_place(const WeightMessage& weight) const;
  void check_overlaps() const;
  TensorRef read(const WeightMessage& weight) const;
  TensorRef read_strings(const WeightMessage& weight, const char* data) const;
  TensorRef dequantized(const WeightMessage& weight, const char* data) const;

  std::vector<Ref<Buffer>> buffers_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace tg

#endif  // TENSEGRA_MODEL_WEIGHTS_H_
