// The SavedModel message as structs: what a file says, each field within its own bounds.
#ifndef TENSEGRA_MODEL_SAVED_MESSAGE_H_
#define TENSEGRA_MODEL_SAVED_MESSAGE_H_

#include <string>
#include <vector>

#include "model/function_message.h"

namespace tg {

struct FileMessage {  // a weight file or an asset
  std::string name;
  uint64_t size = 0;
};

struct WeightMessage {
  std::string name;
  int dtype = 0;
  std::vector<int64_t> dims;
  int64_t file = 0;
  uint64_t offset = 0, length = 0;
  bool quantized = false;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  int64_t axis = 0;
};

struct VariableMessage {
  std::string name, weight;
  int dtype = 0;
  std::vector<int64_t> dims;
  bool trainable = false;
};

struct ResourceMessage {
  std::string type;
  std::vector<std::string> weights;
};

struct ObjectMessage {
  std::string kind, weight;
  bool has_variable = false, has_resource = false;
  VariableMessage variable;
  ResourceMessage resource;
  int64_t asset = 0;
};

struct SignatureMessage {
  std::string name, function;
  std::vector<ValueTypeMessage> inputs, outputs;
};

struct RequiredOpMessage {
  std::string name, package;
  int version = 0;
};

struct SavedMessage {
  std::string producer;
  std::vector<RequiredOpMessage> required_ops;
  std::vector<FunctionMessage> functions;
  std::vector<SignatureMessage> signatures;
  std::vector<ObjectMessage> objects;
  std::vector<FileMessage> files, assets;
  std::vector<WeightMessage> weights;
};

// The format version that this reader knows.
constexpr int kFormatVersion = 1;

// Throws TG-0402, TG-0403, and TG-0404 where an op is missing.
SavedMessage read_saved_message(const std::string& bytes);

}  // namespace tg

#endif  // TENSEGRA_MODEL_SAVED_MESSAGE_H_
