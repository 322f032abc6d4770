// Shape inference: types of outputs from types of inputs.
#ifndef TENSEGRA_SCHEMA_INFER_H_
#define TENSEGRA_SCHEMA_INFER_H_

#include <vector>

#include "schema/registry.h"

namespace tg {

struct TensorType {
  int dtype = TG_DTYPE_INVALID;
  Dims dims;
  bool operator==(const TensorType& other) const { return dtype == other.dtype && dims == other.dims; }
};

struct InferInput {
  int dtype;
  const Dims* dims;
  const tg_tensor* value;  // concrete and readable, or nullptr
};

// Throws what the op's inference reports, with "[op] " in front.
// outputs has a place for each output of the op, which has no list of results.
void infer(const tg_op& op, const Attrs& attrs, const InferInput* inputs, size_t num_inputs, TensorType* outputs);
std::vector<TensorType> infer(const tg_op& op, const Attrs& attrs, const std::vector<InferInput>& inputs);

}  // namespace tg

#endif  // TENSEGRA_SCHEMA_INFER_H_
