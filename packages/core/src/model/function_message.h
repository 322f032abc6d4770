// The Function message of saved_model.proto: to and from graphs.
#ifndef TENSEGRA_MODEL_FUNCTION_MESSAGE_H_
#define TENSEGRA_MODEL_FUNCTION_MESSAGE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace tg {

struct ValueTypeMessage {
  TensorType type;
  std::string name;
};

struct AttributeMessage {
  std::string name;
  AttrValue value;
  std::string weight;    // a tensor kept among the weights
  std::string function;  // the name of one of the functions below
};

struct NodeMessage {
  std::string op, name, source;
  int32_t version = 0;
  std::vector<int64_t> inputs;
  std::vector<AttributeMessage> attributes;
  std::vector<ValueTypeMessage> outputs;
};

struct FunctionMessage {
  std::string name;
  std::vector<ValueTypeMessage> inputs;
  int64_t num_captures = 0;
  std::vector<int64_t> captures;
  std::vector<NodeMessage> nodes;
  std::vector<int64_t> outputs;
  std::vector<FunctionMessage> functions;  // what attributes refer to
};

std::string write_function(const tg_graph& graph);

ValueTypeMessage read_value_type(std::string_view bytes);
FunctionMessage read_function(const char* bytes, size_t size);

using WeightLookup = std::function<TensorRef(const std::string& name)>;
// Checks everything and builds the graph. weights may be null: no attribute may refer to one then.
// Throws TG-0402, TG-0404.
std::unique_ptr<tg_graph> build_function(FunctionMessage message, std::vector<TensorRef> captures,
                                         const WeightLookup& weights);

}  // namespace tg

#endif  // TENSEGRA_MODEL_FUNCTION_MESSAGE_H_
