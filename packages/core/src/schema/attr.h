// Attribute values as the engine owns them.
#ifndef TENSEGRA_SCHEMA_ATTR_H_
#define TENSEGRA_SCHEMA_ATTR_H_

#include <memory>
#include <string>
#include <vector>

#include "base/ref.h"
#include "tensegra/c/op.h"
#include "tensor/tensor.h"

struct tg_graph;

namespace tg {

// What the folders below the runtime know of a tg_function.
class FunctionBase : public RefCounted {
 public:
  virtual const tg_graph& graph() const = 0;
  int effects() const { return effects_; }  // tg_op_effect bits of what is in it
  int depth() const { return depth_; }      // 1, and more where its ops have functions themselves

 protected:
  int effects_ = 0;
  int depth_ = 1;
};

struct AttrValue {
  int kind = TG_ATTR_NONE;
  int64_t i = 0;
  double f = 0;
  std::string s;
  std::vector<int64_t> ints;
  std::vector<double> floats;
  TensorRef tensor;
  Ref<FunctionBase> function;

  bool operator==(const AttrValue& other) const;
  // A view for the C interface; valid while this value lives.
  void view(const char* name, tg_attr* out) const;
  std::string str() const;
};

// One per attribute of the schema, in its order, defaults filled in.
using Attrs = std::vector<AttrValue>;
using AttrsRef = std::shared_ptr<const Attrs>;

// Sets a value that is as new.
void set_attr(const tg_attr& attr, AttrValue* value);
// The same from another value; copies what its kind has, no more.
void set_attr(const AttrValue& from, AttrValue* value);

}  // namespace tg

#endif  // TENSEGRA_SCHEMA_ATTR_H_
