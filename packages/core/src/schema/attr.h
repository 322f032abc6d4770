// Attribute values as the engine owns them.
#ifndef TENSEGRA_SCHEMA_ATTR_H_
#define TENSEGRA_SCHEMA_ATTR_H_

#include <memory>
#include <string>
#include <vector>

#include "base/ref.h"
#include "tensegra/c/op.h"
#include "tensor/tensor.h"

namespace tg {

struct AttrValue {
  int kind = TG_ATTR_NONE;
  int64_t i = 0;
  double f = 0;
  std::string s;
  std::vector<int64_t> ints;
  std::vector<double> floats;
  TensorRef tensor;
  Ref<RefCounted> function;  // a tg_function, which lives in a folder above

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
