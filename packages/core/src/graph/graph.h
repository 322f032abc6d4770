// The graph: a list of nodes in program order. A node reads only values made before it.
#ifndef TENSEGRA_GRAPH_GRAPH_H_
#define TENSEGRA_GRAPH_GRAPH_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/infer.h"
#include "tensegra/mutex.hpp"

namespace tg {

struct Value {
  TensorType type;
  int node = -1;         // who makes it; -1: an input or a capture
  TensorRef constant;    // its value where known before running (small ones only)
  int64_t id = 0;        // what tapes know it by, while the graph is built
};

struct Node {
  const tg_op* op = nullptr;
  AttrsRef attrs;
  std::vector<int> inputs;   // value numbers
  std::vector<int> outputs;  // value numbers
  std::string name;          // "matmul:3", unique
  int source = -1;           // index into Graph::sources
  tg_device* device = nullptr;  // where the program wants it to run; null: nowhere in particular
};

// What nodes [begin, end) made of weights alone, kept from run to run as long as the weights are the same tensors.
struct Hoisted {
  struct Kept {
    std::vector<int> numbers;  // of the values
    std::vector<TensorRef> weights, values;
  };
  int begin = 0, end = 0;
  Mutex mutex;
  std::shared_ptr<const Kept> kept;
};

struct GraphInput {
  int value;
  std::string name;
};

struct Capture {
  int value;
  TensorRef tensor;  // concrete, or a value of an outer graph
};

// Constants up to this many elements are kept readable for shape inference and embedded as nodes.
constexpr int64_t kSmallConstant = 1024;

}  // namespace tg

struct tg_graph {
  explicit tg_graph(std::string name) : name(std::move(name)), id(tg::next_id()) {}

  std::string name;
  const int64_t id;
  std::vector<tg::Value> values;
  std::vector<tg::Node> nodes;
  std::vector<tg::GraphInput> inputs;
  std::vector<tg::Capture> captures;
  std::vector<int> outputs;  // set when frozen
  std::vector<std::string> sources;
  std::shared_ptr<tg::Hoisted> hoisted;  // null: nothing
  int current_source = -1;

  // --- building ---
  tg::TensorRef add_input(const std::string& name, int dtype, const tg::Dims& dims);
  // The value that stands for a tensor made outside; the same one each time. It keeps the tensor's id.
  tg::TensorRef capture(tg_tensor* tensor);
  // An input with the type of a tensor made outside: what is the same size there is the same size here.
  tg::TensorRef add_input_like(const std::string& name, const tg_tensor& tensor);
  // Captures become inputs, in the order of `tensors`, after those there are; a tensor that is not captured becomes an
  // input that nothing reads. A capture that is not among them must be one that nothing reads.
  void close(const std::vector<tg::TensorRef>& tensors);
  // A constant node for a concrete tensor.
  tg::TensorRef add_constant(tg_tensor* tensor);
  // Infers, appends, and returns a tensor per output. Inputs must be values of this graph.
  std::vector<tg::TensorRef> add_node(const tg_op& op, tg::AttrsRef attrs, const std::vector<tg::TensorRef>& inputs);
  // Brings any tensor into this graph: its own values as they are, small constants as nodes, the rest as captures.
  tg::TensorRef import(tg_tensor* tensor);
  void set_source(const char* source);

  int64_t new_symbol() { return -2 - num_symbols_++; }

  // After nodes were copied here: new names and symbols are none of theirs.
  void continue_numbers();
  // New symbols are none of another graph's, whose types are about to be used here.
  void avoid_symbols(const tg_graph& other);
  // Empty, as when it was made.
  void reset();
  // Renumbers values as the format wants: inputs, captures, node outputs.
  void renumber();
  bool is_effectful(const tg::Node& node) const { return (tg::effects_of(*node.op, *node.attrs) & ~TG_EFFECT_READS) != 0; }

 private:
  std::string unique_name(const std::string& base);
  std::unordered_map<int64_t, int> capture_of_;  // tensor id -> value
  tg::Dims own_dims(const tg_tensor& tensor);
  std::map<std::pair<int64_t, int64_t>, int64_t> symbol_of_;  // graph and symbol there -> symbol here
  std::unordered_map<std::string, int> name_counts_;
  int64_t num_symbols_ = 0;
};

namespace tg {

// The graph being traced on this thread, or nullptr.
tg_graph* current_graph();
// All that this thread has entered, the innermost first; null where it was lifted out.
std::vector<tg_graph*> entered_graphs();
void enter_graph(tg_graph* graph);  // nullptr lifts out of tracing
void forget_graph(tg_graph* graph);  // it goes: where it is entered on this thread, nothing is traced any more
void leave_graph();                 // throws TG-0202 without a matching enter

}  // namespace tg

#endif  // TENSEGRA_GRAPH_GRAPH_H_
