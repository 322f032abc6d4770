// Control flow: ops whose attributes are functions. A call that is to be differentiated is replaced by its recorded
// form, which also returns what the gradient reads; the gradient itself is another call of such an op.
#ifndef TENSEGRA_RUNTIME_CONTROL_H_
#define TENSEGRA_RUNTIME_CONTROL_H_

#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "runtime/function.h"
#include "schema/op_context.h"

namespace tg {

// The attributes of a call's recorded form, for the tapes that record here; what they are where none watches an input.
// *wanted: how many outputs the call has without it.
AttrsRef record_functions(const tg_op& op, const AttrsRef& attrs, const std::vector<TensorRef>& inputs, size_t* wanted);
// Makes a node of a graph that is being built one that gives the gradient of its first `end` outputs for the wanted
// inputs, and that gradient's for each tape that records. New outputs come after those there are.
void record_node(tg_graph* graph, size_t index, const std::vector<bool>& wanted, size_t end);
// Replaces the nodes with functions of a graph by their recorded forms.
void record_nodes(tg_graph* graph, const GradientScope& scope);

// Gradients that functions give (the op with_gradient): whether a graph has any, and a graph without them, for running.
bool holds_gradients(const tg_graph& graph);
void forget_gradients(tg_graph* graph);

// Functions with captures, as a call gives them: what they capture becomes inputs of the call, after those there are.
AttrsRef close_functions(const AttrsRef& attrs, std::vector<TensorRef>* inputs);

// The engine's side of a callback's context.
template <class C>
tg_op_context* handle_of(const C& context) {
  struct Inside : C {
    static tg_op_context* of(const C& context) { return context.*(&Inside::context_); }
  };
  return Inside::of(context);
}

namespace control {

inline tg_function& function_of(const tg_op& op, const Attrs& attrs, const char* name) {
  const AttrValue& attr = attrs[static_cast<size_t>(op.schema.attr_index(name))];
  if (!attr.function)
    throw invalid_argument("TG-0111", "[" + op.name + "] attribute " + name + " must be a function", "none");
  return static_cast<tg_function&>(*attr.function);
}
inline const AttrValue& attr_of(const tg_op& op, const Attrs& attrs, const char* name) {
  return attrs[static_cast<size_t>(op.schema.attr_index(name))];
}

// Sizes that the symbols of a function's inputs stand for in one call.
class Binding {
 public:
  Binding(const tg_graph& graph, const std::vector<TensorType>& types);
  // Whether the types can be those of a call.
  bool fits() const { return fits_; }
  // A symbol that may change during the call stands for nothing.
  void forget(int64_t symbol);
  TensorType operator()(const TensorType& declared) const;

 private:
  std::vector<std::pair<int64_t, int64_t>> sizes_;
  bool fits_ = true;
};

// What a gradient of a loop cannot keep: TG-0516.
Error unimplemented_gradient(const std::string& received);

TensorType input_type(tg_op_context* context, size_t index);
// The dtypes and the number of a function's inputs: TG-0513.
void check_types(const std::string& op, const char* what, const tg_graph& function,
    const std::vector<TensorType>& types);

// Its nodes with functions in their recorded forms.
Ref<tg_function> with_recorded_nodes(const tg_function& function, const std::vector<bool>& inputs);

// The levels of a recorded call: the outputs that level `level` has, of `base` plus what was recorded.
inline size_t outputs_of_level(size_t base, const std::vector<int64_t>& recorded, size_t level) {
  for (size_t k = 0; k < level; ++k) base += static_cast<size_t>(recorded[k]);
  return base;
}
// The lowest level whose outputs are all that have a gradient; throws where there is no level above it.
size_t level_of(tg_op_context* context, size_t base, const std::vector<int64_t>& recorded);

// Builds a function from calls of ops. What `body` uses of the surroundings comes as inputs after those that it adds
// itself; `captured` gets them.
template <class Body>
Ref<tg_function> build(const std::string& name, std::vector<TensorRef>* captured, Body&& body) {
  auto graph = std::make_unique<tg_graph>(name);
  struct Entered {
    explicit Entered(tg_graph* graph) : graph(graph) { enter_graph(graph); }
    ~Entered() { leave_graph(); }
    tg_graph* graph;
  };
  {
    Entered entered(graph.get());
    std::vector<TensorRef> outputs = body(graph.get());
    for (const TensorRef& output : outputs) graph->outputs.push_back(graph->import(output.get())->value);
  }
  captured->clear();
  for (const Capture& capture : graph->captures) captured->push_back(capture.tensor);
  graph->close(*captured);
  enter_graph(nullptr);  // freezing may run ops, which belong to no graph
  struct Lifted {
    ~Lifted() { leave_graph(); }
  } lifted;
  return tg_function::freeze(std::move(graph));
}

TensorRef call(const char* op, std::vector<TensorRef> inputs, const std::vector<tg_attr>& attrs = {});
// Zeros of an input's gradient. type: what is known of it; a resource stands for a variable.
TensorRef zeros_for(const TensorRef& input, const TensorType& type);

// The recorded form of one kind of op, for the inputs that a gradient is wanted of.
AttrsRef record_cond(const tg_op& op, const Attrs& attrs, const std::vector<bool>& wanted);
AttrsRef record_while(const tg_op& op, const Attrs& attrs, const std::vector<bool>& wanted);
// The op's attributes with these functions and else defaults.
AttrsRef attrs_with(const tg_op& op, const std::vector<std::pair<const char*, Ref<tg_function>>>& functions);
// The old levels with one more: they stay where they were made for the same inputs.
AttrsRef with_level(const tg_op& op, const Attrs& attrs, const std::vector<bool>& wanted, size_t added,
                    std::vector<std::pair<const char*, Ref<tg_function>>> functions);

}  // namespace control
}  // namespace tg

#endif  // TENSEGRA_RUNTIME_CONTROL_H_
