// The tensor behind the C handle: concrete (a buffer), a value of a graph, or a reference to a resource.
#ifndef TENSEGRA_TENSOR_TENSOR_H_
#define TENSEGRA_TENSOR_TENSOR_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/ref.h"
#include "tensegra/tensor.hpp"
#include "tensor/buffer.h"
#include "tensor/dtype.h"

struct tg_resource;
struct tg_event;

struct tg_tensor final : tg::RefCounted, tg::Pooled<tg_tensor> {
  int32_t dtype = TG_DTYPE_INVALID;
  tg::Dims dims;
  tg::Ref<tg::Buffer> buffer;   // null: a value of a graph, or a resource
  int64_t byte_offset = 0;
  int64_t id = 0;               // what tapes and captures know it by
  int64_t graph_id = 0;         // 0: concrete
  int32_t value = -1;           // number in that graph
  tg::Ref<tg::RefCounted> resource;  // a tg_resource; graph values that stand for one keep it too

  bool is_symbolic() const { return graph_id != 0; }
  char* data() const { return buffer ? static_cast<char*>(buffer->data()) + byte_offset : nullptr; }
};

namespace tg {

using TensorRef = Ref<tg_tensor>;

int64_t next_id();

// The number of elements; throws TG-0109 where a size is not known or the product overflows.
int64_t checked_count(const Dims& dims);
// A new dense host tensor; its memory is uninitialised.
TensorRef new_tensor(int dtype, const Dims& dims);
TensorRef new_tensor_copy(int dtype, const Dims& dims, const void* data, size_t bytes);
// The same memory under another shape (and offset). The element type stays.
TensorRef new_view(tg_tensor* base, const Dims& dims, int64_t extra_offset = 0);
TensorRef new_tensor_on(Ref<Buffer> buffer, int64_t byte_offset, int dtype, const Dims& dims);
TensorRef new_string_tensor(const Dims& dims, const int64_t* offsets, const char* bytes);
// A value of a graph. id 0: a fresh one.
TensorRef new_symbolic(int64_t graph_id, int value, int dtype, const Dims& dims, int64_t id = 0);

size_t tensor_bytes(const tg_tensor& tensor);
void describe(const tg_tensor& tensor, tg_tensor_desc* desc);
std::string type_text(int dtype, const Dims& dims);  // "float32(2, ?)"

}  // namespace tg

#endif  // TENSEGRA_TENSOR_TENSOR_H_
