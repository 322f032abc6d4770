#include "tensor/resource.h"

#include "capi/capi.h"

namespace tg::capi {
namespace {

void retain(tg_resource* resource) {
  if (resource) resource->retain();
}
void release(tg_resource* resource) {
  if (resource) resource->release();
}

tg_status* create(const tg_resource_type* type, void* self, tg_resource** out) {
  return guard([&] {
    require_struct(type, sizeof(tg_resource_type), "tg_resource_type");
    require(out, "out");
    *out = new tg_resource(type, self);
  });
}

const tg_resource_type* type(const tg_resource* resource) { return resource ? resource->type : nullptr; }
void* self(const tg_resource* resource) { return resource ? resource->self : nullptr; }

tg_status* to_tensor(tg_resource* resource, tg_tensor** out) {
  return guard([&] {
    require(resource, "resource");
    require(out, "out");
    *out = resource_tensor(resource).detach();
  });
}

tg_status* from_tensor(const tg_tensor* tensor, tg_resource** out) {
  return guard([&] {
    require(tensor, "tensor");
    require(out, "out");
    tg_resource* resource = resource_of(*tensor);
    resource->retain();
    *out = resource;
  });
}

Variable& variable(tg_resource* resource) {
  require(resource, "variable");
  Variable* found = variable_of(resource);
  if (!found)
    throw invalid_argument("TG-0501", "a variable is needed here", "resource of type '" +
                           std::string(resource->type->name) + "'");
  return *found;
}

tg_status* variable_create(const char* name, int32_t dtype, int32_t rank, const int64_t* dims, int32_t trainable,
                           tg_tensor* initial, tg_resource** out) {
  return guard([&] {
    require(out, "out");
    *out = new_variable(name ? name : "", dtype, dims_from_c(rank, dims), trainable != 0, initial).detach();
  });
}

tg_status* variable_read(tg_resource* resource, tg_tensor** out) {
  return guard([&] {
    require(out, "out");
    *out = variable(resource).read().detach();
  });
}

tg_status* variable_assign(tg_resource* resource, tg_tensor* value) {
  return guard([&] {
    require(value, "value");
    variable(resource).assign(value);
  });
}

}  // namespace

const tg_resource_api resource_api = {sizeof(tg_resource_api), retain,    release,         create,
                                      type,                    self,      to_tensor,       from_tensor,
                                      variable_create,         variable_read, variable_assign};

}  // namespace tg::capi
