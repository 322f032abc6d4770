#include "tensegra/c/op.h"

#include "base/thread_pool.h"
#include "capi/capi.h"
#include "schema/op_context.h"
#include "schema/registry.h"

namespace tg::capi {
namespace {

tg_status* register_one(const tg_op_def* def) {
  return guard([&] {
    require(def, "def");
    register_op(*def);
  });
}
tg_status* find(const char* name, const tg_op** out) {
  return guard([&] {
    require(name, "name");
    require(out, "out");
    *out = find_op(name);
  });
}
size_t count() { return all_ops().size(); }
const tg_op* at(size_t index) {
  std::vector<const tg_op*> ops = all_ops();
  return index < ops.size() ? ops[index] : nullptr;
}
const tg_op_def* definition(const tg_op* op) { return op ? &op->def : nullptr; }
const char* name(const tg_op* op) { return op ? op->name.c_str() : nullptr; }
const tg_op_schema* schema(const tg_op* op) { return op ? &op->c_schema : nullptr; }

size_t num_inputs(tg_op_context* context) { return context->num_inputs(); }
size_t num_outputs(tg_op_context* context) { return context->num_outputs(); }

tg_status* input(tg_op_context* context, size_t index, tg_tensor_desc* desc) {
  return guard([&] {
    require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
    context->input(index, desc);
  });
}
tg_status* constant_input(tg_op_context* context, size_t index, tg_tensor_desc* desc) {
  return guard([&] {
    require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
    context->constant_input(index, desc);
  });
}
tg_status* attr(tg_op_context* context, const char* attr_name, tg_attr* out) {
  return guard([&] {
    require(attr_name, "name");
    require_struct(out, sizeof(tg_attr), "tg_attr");
    int index = context->op.schema.attr_index(attr_name);
    if (index < 0) throw internal_error("[" + context->op.name + "] it has no attribute '" + attr_name + "'");
    context->attrs[static_cast<size_t>(index)].view(context->op.schema.attrs[static_cast<size_t>(index)].name.c_str(),
                                                    out);
  });
}
tg_status* set_output_type(tg_op_context* context, size_t index, int32_t dtype, int32_t rank, const int64_t* dims) {
  return guard([&] { context->set_output_type(index, dtype, dims_from_c(rank, dims)); });
}
tg_status* output(tg_op_context* context, size_t index, tg_tensor_desc* desc) {
  return guard([&] {
    require_struct(desc, sizeof(tg_tensor_desc), "tg_tensor_desc");
    context->output(index, desc);
  });
}
tg_status* scratch(tg_op_context* context, size_t bytes, void** out) {
  return guard([&] {
    require(out, "out");
    *out = context->scratch(bytes);
  });
}
void parallel(tg_op_context*, int64_t chunks, tg_chunk_fn fn, void* arg) { parallel_for(chunks, fn, arg); }

tg_status* input_tensor(tg_op_context* context, size_t index, tg_tensor** out) {
  return guard([&] {
    require(out, "out");
    *out = context->input_tensor(index).detach();
  });
}
tg_status* set_output_tensor(tg_op_context* context, size_t index, tg_tensor* tensor) {
  return guard([&] {
    require(tensor, "tensor");
    context->set_output_tensor(index, tensor);
  });
}
tg_status* output_tensor(tg_op_context* context, size_t index, tg_tensor** out) {
  return guard([&] {
    require(out, "out");
    *out = context->output_tensor(index).detach();
  });
}
tg_status* output_gradient(tg_op_context* context, size_t index, tg_tensor** out) {
  return guard([&] {
    require(out, "out");
    *out = context->output_gradient(index).detach();
  });
}
int32_t needs_gradient(tg_op_context* context, size_t index) {
  int32_t needed = 0;
  delete guard([&] { needed = context->needs_gradient(index); });
  return needed;
}
tg_status* set_input_gradient(tg_op_context* context, size_t index, tg_tensor* gradient) {
  return guard([&] { context->set_input_gradient(index, gradient); });
}
tg_status* set_cost(tg_op_context* context, double operations, double bytes) {
  return guard([&] { context->set_cost(operations, bytes); });
}

}  // namespace

const tg_op_api op_api = {sizeof(tg_op_api), register_one,   find,           count,         at,
                          definition,        name,           num_inputs,     num_outputs,   input,
                          constant_input,    attr,           set_output_type, output,       scratch,
                          parallel,          input_tensor,   set_output_tensor, output_tensor, output_gradient,
                          needs_gradient,    set_input_gradient, set_cost,   schema};

}  // namespace tg::capi
