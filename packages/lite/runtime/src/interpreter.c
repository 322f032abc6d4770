/* Plans one arena and runs the steps in order. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { kAlignment = 64 };

typedef struct range {
  size_t offset, bytes;
} range;

typedef struct step {
  tgl_call call;
} step;

struct tgl_interpreter {
  const tgl_model* model;
  tgl_value* values;
  step* steps;
  int32_t num_steps;
  tgl_tensor* inputs;
  tgl_tensor* outputs;
  void** input_data;  /* owned, one per input */
  void* arena;
  void* scratch;
  size_t arena_bytes;
  bool allocated;
};

int64_t tgl_elements(const tgl_value* value) {
  int64_t count = 1;
  for (int32_t i = 0; i < value->rank; ++i) count *= value->dims[i];
  return count;
}

int tgl_refuse(tgl_call* call, const char* rule) {
  return tgl_fail(call->error, TGL_INVALID_ARGUMENT, "TG-6004", "[%s] %s. Received: node '%s'", call->node->op->name,
                  rule, call->node->name);
}

int tgl_set_type(tgl_call* call, tgl_value* value, int32_t dtype, int32_t rank, const int64_t* dims) {
  size_t bytes = tgl_dtype_bytes(dtype);
  if (bytes == 0) return tgl_refuse(call, "its dtype is not in the lite profile");
  if (rank > TGL_MAX_RANK) return tgl_refuse(call, "a tensor has at most 8 dimensions");
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0) return tgl_refuse(call, "sizes must not be negative");
    if (__builtin_mul_overflow(bytes, (size_t)dims[i], &bytes) || bytes > (size_t)INT64_MAX / 2)
      return tgl_refuse(call, "the size of a tensor must fit 62 bits");
    value->dims[i] = dims[i];
  }
  value->dtype = dtype;
  value->rank = rank;
  value->bytes = bytes;
  return 0;
}

static void* aligned(size_t bytes) {
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return aligned_alloc(kAlignment, bytes ? bytes : kAlignment);
}

static int out_of_memory(tgl_error* error, size_t bytes) {
  return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "memory must suffice. Received: bytes=%zu", bytes);
}

int tgl_interpreter_create(const tgl_model* model, tgl_interpreter** out, tgl_error* error) {
  tgl_interpreter* self = calloc(1, sizeof(tgl_interpreter));
  if (!self) return out_of_memory(error, sizeof(tgl_interpreter));
  self->model = model;
  self->values = calloc((size_t)model->num_values + 1, sizeof(tgl_value));
  self->steps = calloc((size_t)model->num_nodes + 1, sizeof(step));
  self->inputs = calloc((size_t)model->num_inputs + 1, sizeof(tgl_tensor));
  self->outputs = calloc((size_t)model->num_outputs + 1, sizeof(tgl_tensor));
  self->input_data = calloc((size_t)model->num_inputs + 1, sizeof(void*));
  if (!self->values || !self->steps || !self->inputs || !self->outputs || !self->input_data) {
    tgl_interpreter_destroy(self);
    return out_of_memory(error, (size_t)model->num_values * sizeof(tgl_value));
  }
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    const tgl_value_type* type = &model->values[i];
    self->inputs[i].name = type->name;
    self->inputs[i].dtype = type->dtype;
    self->inputs[i].rank = type->rank;
    /* An unknown batch begins as one record, as the file's plan does. */
    for (int32_t k = 0; k < type->rank; ++k) self->inputs[i].dims[k] = type->dims[k] < 0 ? 1 : type->dims[k];
  }
  for (int32_t i = 0; i < model->num_outputs; ++i) {
    const tgl_value_type* type = &model->values[model->outputs[i]];
    self->outputs[i].name = model->output_names[i];
    self->outputs[i].dtype = type->dtype;
    self->outputs[i].rank = type->rank;
    memcpy(self->outputs[i].dims, type->dims, sizeof(type->dims));
  }
  for (int32_t i = 0; i < model->num_nodes; ++i)
    if (model->nodes[i].op->prepare) self->steps[self->num_steps++].call.node = &model->nodes[i];
  *out = self;
  return 0;
}

void tgl_interpreter_destroy(tgl_interpreter* self) {
  if (!self) return;
  if (self->input_data)
    for (int32_t i = 0; i < self->model->num_inputs; ++i) free(self->input_data[i]);
  free(self->input_data);
  free(self->values);
  free(self->steps);
  free(self->inputs);
  free(self->outputs);
  free(self->arena);
  free(self->scratch);
  free(self);
}

int32_t tgl_num_inputs(const tgl_interpreter* self) { return self->model->num_inputs; }
int32_t tgl_num_outputs(const tgl_interpreter* self) { return self->model->num_outputs; }
const tgl_tensor* tgl_input(const tgl_interpreter* self, int32_t i) {
  return i >= 0 && i < self->model->num_inputs ? &self->inputs[i] : NULL;
}
const tgl_tensor* tgl_output(const tgl_interpreter* self, int32_t i) {
  return i >= 0 && i < self->model->num_outputs ? &self->outputs[i] : NULL;
}

int tgl_resize_input(tgl_interpreter* self, int32_t index, int32_t rank, const int64_t* dims, tgl_error* error) {
  if (index < 0 || index >= self->model->num_inputs)
    return tgl_fail(error, TGL_INVALID_ARGUMENT, "TG-6004", "an input must exist. Received: index=%d", (int)index);
  const tgl_value_type* type = &self->model->values[index];
  if (rank != type->rank)
    return tgl_fail(error, TGL_INVALID_ARGUMENT, "TG-6004", "input '%s' has %d dimensions. Received: %d", type->name,
                    (int)type->rank, (int)rank);
  for (int32_t k = 0; k < rank; ++k)
    if (dims[k] < 0 || (type->dims[k] >= 0 && dims[k] != type->dims[k]))
      return tgl_fail(error, TGL_INVALID_ARGUMENT, "TG-6004",
                      "known sizes of input '%s' cannot change. Received: dimension %d of %lld", type->name, (int)k,
                      (long long)dims[k]);
  memcpy(self->inputs[index].dims, dims, sizeof(int64_t) * (size_t)rank);
  self->inputs[index].data = NULL;
  self->allocated = false;
  return 0;
}

/* --- planning --- */

static int32_t root(const tgl_interpreter* self, int32_t value) {
  while (self->values[value].base >= 0) value = self->values[value].base;
  return value;
}

static int bind(tgl_interpreter* self, tgl_error* error) {
  const tgl_model* model = self->model;
  for (int32_t i = 0; i < model->num_values; ++i) {
    tgl_value* value = &self->values[i];
    memset(value, 0, sizeof(*value));
    value->offset = value->base = value->last_use = -1;
    int32_t index = model->values[i].weight;
    if (index < 0) continue;
    const tgl_weight* weight = &model->weights[index];
    value->weight = weight;
    value->data = (void*)weight->data;
    value->bytes = weight->bytes;
    value->dtype = weight->dtype;
    value->rank = weight->rank;
    memcpy(value->dims, weight->dims, sizeof(weight->dims));
  }
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    tgl_tensor* input = &self->inputs[i];
    tgl_value* value = &self->values[i];
    size_t bytes = tgl_dtype_bytes(input->dtype);
    for (int32_t k = 0; k < input->rank; ++k)
      if (__builtin_mul_overflow(bytes, (size_t)input->dims[k], &bytes) || bytes > (size_t)INT64_MAX / 2)
        return out_of_memory(error, SIZE_MAX);
    void* data = aligned(bytes);
    if (!data) return out_of_memory(error, bytes);
    free(self->input_data[i]);
    self->input_data[i] = data;
    memset(data, 0, bytes);
    value->data = input->data = data;
    value->bytes = input->bytes = bytes;
    value->dtype = input->dtype;
    value->rank = input->rank;
    memcpy(value->dims, input->dims, sizeof(input->dims));
  }
  return 0;
}

static int prepare(tgl_interpreter* self, tgl_error* error) {
  for (int32_t i = 0; i < self->num_steps; ++i) {
    tgl_call* call = &self->steps[i].call;
    const tgl_node* node = call->node;
    memset(call, 0, sizeof(*call));
    call->node = node;
    call->arithmetic = "float32";
    call->error = error;
    for (int32_t k = 0; k < node->num_inputs; ++k) call->inputs[k] = &self->values[node->inputs[k]];
    call->outputs = &self->values[node->first_output];
    if (node->op->prepare(call)) return -1;
    call->error = NULL;
    if (call->is_view) call->outputs[0].base = node->inputs[0];
  }
  return 0;
}

/* Lifetimes in steps: a view keeps what it shows alive; results live to the end. */
static void find_lifetimes(tgl_interpreter* self) {
  for (int32_t i = 0; i < self->num_steps; ++i)
    for (int32_t k = 0; k < self->steps[i].call.node->num_inputs; ++k)
      self->values[root(self, self->steps[i].call.node->inputs[k])].last_use = i;
  for (int32_t i = 0; i < self->model->num_outputs; ++i)
    self->values[root(self, self->model->outputs[i])].last_use = self->num_steps;
}

/* Does the file's plan fit these shapes? Offsets were not trusted so far: they are checked here. */
static bool file_plan_fits(tgl_interpreter* self) {
  const tgl_model* model = self->model;
  if (model->planned_arena == 0 || model->planned_arena > (uint64_t)INT64_MAX / 2) return false;
  for (int32_t i = 0; i < self->num_steps; ++i) {
    const tgl_value* value = self->steps[i].call.outputs;
    const tgl_value_type* planned = &model->values[self->steps[i].call.node->first_output];
    if (value->base >= 0) continue;
    if (planned->planned_offset < 0 || planned->planned_offset % kAlignment || planned->planned_bytes != value->bytes ||
        (uint64_t)planned->planned_offset > model->planned_arena ||
        value->bytes > model->planned_arena - (uint64_t)planned->planned_offset)
      return false;
  }
  return true;
}

static size_t rounded(size_t bytes) { return bytes ? (bytes + kAlignment - 1) / kAlignment * kAlignment : kAlignment; }

/* First fit over the values that live at the same time, in order of steps. */
static int plan_arena(tgl_interpreter* self, tgl_error* error) {
  if (file_plan_fits(self)) {
    for (int32_t i = 0; i < self->num_steps; ++i) {
      tgl_value* value = self->steps[i].call.outputs;
      if (value->base < 0)
        value->offset = self->model->values[self->steps[i].call.node->first_output].planned_offset;
    }
    self->arena_bytes = (size_t)self->model->planned_arena;
    return 0;
  }
  range* taken = malloc(sizeof(range) * ((size_t)self->num_steps + 1));
  if (!taken) return out_of_memory(error, sizeof(range) * (size_t)self->num_steps);
  size_t total = 0;
  for (int32_t i = 0; i < self->num_steps; ++i) {
    tgl_value* value = self->steps[i].call.outputs;
    if (value->base >= 0) continue;
    size_t count = 0;
    for (int32_t k = 0; k < i; ++k) { /* what is alive while step i runs, sorted by offset */
      const tgl_value* other = self->steps[k].call.outputs;
      if (other->base >= 0 || other->last_use < i) continue;
      range r = {(size_t)other->offset, rounded(other->bytes)};
      size_t at = count++;
      while (at > 0 && taken[at - 1].offset > r.offset) taken[at] = taken[at - 1], --at;
      taken[at] = r;
    }
    size_t offset = 0;
    for (size_t k = 0; k < count; ++k) {
      if (taken[k].offset >= offset && taken[k].offset - offset >= rounded(value->bytes)) break;
      if (taken[k].offset + taken[k].bytes > offset) offset = taken[k].offset + taken[k].bytes;
    }
    value->offset = (int64_t)offset;
    if (offset + rounded(value->bytes) > total) total = offset + rounded(value->bytes);
  }
  free(taken);
  self->arena_bytes = total;
  return 0;
}

int tgl_allocate(tgl_interpreter* self, tgl_error* error) {
  self->allocated = false;
  if (bind(self, error) || prepare(self, error)) return -1;
  find_lifetimes(self);
  if (plan_arena(self, error)) return -1;
  size_t scratch = 0;
  for (int32_t i = 0; i < self->num_steps; ++i)
    if (self->steps[i].call.scratch_bytes > scratch) scratch = self->steps[i].call.scratch_bytes;
  free(self->arena);
  free(self->scratch);
  self->arena = aligned(self->arena_bytes);
  self->scratch = aligned(scratch);
  if (!self->arena || !self->scratch) return out_of_memory(error, self->arena_bytes + scratch);
  for (int32_t i = 0; i < self->num_steps; ++i) {
    tgl_call* call = &self->steps[i].call;
    call->scratch = self->scratch;
    call->outputs->data = call->outputs->base >= 0 ? self->values[call->outputs->base].data
                                                   : (char*)self->arena + call->outputs->offset;
  }
  for (int32_t i = 0; i < self->model->num_outputs; ++i) {
    const tgl_value* value = &self->values[self->model->outputs[i]];
    tgl_tensor* output = &self->outputs[i];
    output->data = value->data;
    output->bytes = value->bytes;
    output->dtype = value->dtype;
    output->rank = value->rank;
    memcpy(output->dims, value->dims, sizeof(value->dims));
  }
  self->allocated = true;
  return 0;
}

int tgl_invoke(tgl_interpreter* self, tgl_error* error) {
  if (!self->allocated)
    return tgl_fail(error, TGL_FAILED_PRECONDITION, "TG-6007", "tgl_allocate must come before tgl_invoke");
  for (int32_t i = 0; i < self->num_steps; ++i) {
    tgl_call* call = &self->steps[i].call;
    call->error = error;
    if (!call->is_view && call->node->op->run(call)) return -1;
    call->error = NULL;
  }
  return 0;
}

int32_t tgl_num_steps(const tgl_interpreter* self) { return self->num_steps; }
int tgl_step(const tgl_interpreter* self, int32_t index, tgl_step_info* info) {
  if (index < 0 || index >= self->num_steps) return -1;
  const tgl_call* call = &self->steps[index].call;
  info->op = call->node->op->name;
  info->name = call->node->name;
  info->arithmetic = call->arithmetic ? call->arithmetic : "";
  return 0;
}
size_t tgl_arena_bytes(const tgl_interpreter* self) { return self->arena_bytes; }
int32_t tgl_num_values(const tgl_interpreter* self) { return self->model->num_values; }
int tgl_value_place(const tgl_interpreter* self, int32_t value, int64_t* offset, size_t* bytes) {
  if (value < 0 || value >= self->model->num_values) return -1;
  *offset = self->values[value].offset;
  *bytes = self->values[value].bytes;
  return 0;
}
