// Resources: state behind a reference-counted handle, and the variable, the one kind that core itself defines here.
#ifndef TENSEGRA_TENSOR_RESOURCE_H_
#define TENSEGRA_TENSOR_RESOURCE_H_

#include <mutex>
#include <string>

#include "tensegra/c/resource.h"
#include "tensegra/mutex.hpp"
#include "tensor/tensor.h"

struct tg_resource final : tg::RefCounted {
  tg_resource(const tg_resource_type* type, void* self) : type(type), self(self), id(tg::next_id()) {}
  ~tg_resource() override {
    if (type->destroy) type->destroy(self);
  }
  const tg_resource_type* type;
  void* self;
  const int64_t id;  // every tensor that stands for it has this id
};

namespace tg {

class Variable {
 public:
  std::string name;
  int dtype;
  Dims dims;  // may hold unknown sizes
  bool trainable;
  Mutex mutex;
  TensorRef value;

  TensorRef read();
  void assign(tg_tensor* tensor);
  // Between the two the variable is locked. Gives where the new elements go: into the value itself where nobody else
  // sees it.
  void* begin_update();
  void end_update(bool commit);

 private:
  TensorRef next_;             // what an update writes to where it is not the value itself
  bool owns_memory_ = false;   // whether the value is what an update wrote, and not memory that came from elsewhere
};

// What ops that change variables in place call: the elements as they are, and where the new ones go. Until end_update
// the variable is locked.
void* begin_update(tg_resource* variable, tg_tensor_desc* value);
void end_update(tg_resource* variable, bool commit) noexcept;

TensorRef resource_tensor(tg_resource* resource);
// The resource a concrete tensor refers to; throws TG-0501.
tg_resource* resource_of(const tg_tensor& tensor);
// The variable behind a resource tensor (concrete, or a graph value that stands for one); nullptr for anything else.
Variable* variable_of(const tg_tensor& tensor);
Variable* variable_of(tg_resource* resource);
Ref<tg_resource> new_variable(const std::string& name, int dtype, const Dims& dims, bool trainable, tg_tensor* initial);

}  // namespace tg

#endif  // TENSEGRA_TENSOR_RESOURCE_H_
