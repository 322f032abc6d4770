// State that is no variable: tables, random states.
#ifndef TENSEGRA_MODEL_RESOURCES_H_
#define TENSEGRA_MODEL_RESOURCES_H_

#include "model/weights.h"

namespace tg {

// Makes a resource of one of the types that the format has; its tensor. Throws TG-0402.
TensorRef make_resource(const ResourceMessage& message, Weights* weights);

}  // namespace tg

#endif  // TENSEGRA_MODEL_RESOURCES_H_
