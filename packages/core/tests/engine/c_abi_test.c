/* Uses the C interface as a C11 program does. `c_abi_test SECTION` runs one section; each failed check prints a line.
   Nothing that a section makes may be left behind. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tensegra/c/tensegra.h"

static const tg_api* api;
static int failures = 0;

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      ++failures;                                                    \
      printf("line %d: %s does not hold\n", __LINE__, #condition);   \
    }                                                                \
  } while (0)
#define OK(call) expect(call, "", __LINE__)
#define FAILS(call, error_code) expect(call, error_code, __LINE__)

static void expect(tg_status* status, const char* error_code, int line) {
  const char* got = api->status->error_code(status);
  if (strcmp(got, error_code) != 0 || (status == NULL) != (error_code[0] == 0)) {
    ++failures;
    printf("line %d: '%s' is expected, not '%s' %s\n", line, error_code, got, api->status->message(status));
  }
  api->status->destroy(status);
}

static tg_tensor* floats(int32_t rank, const int64_t* dims, const float* values, size_t count) {
  tg_tensor* out = NULL;
  OK(api->tensor->create_copy(TG_FLOAT32, rank, dims, values, count * sizeof(float), &out));
  return out;
}

static tg_tensor_desc describe(const tg_tensor* tensor) {
  tg_tensor_desc desc = {.struct_size = sizeof(desc)};
  OK(api->tensor->describe(tensor, &desc));
  return desc;
}

static float first(const tg_tensor* tensor) {
  tg_tensor_desc desc = describe(tensor);
  return *(const float*)((const char*)desc.data + desc.byte_offset);
}

static tg_tensor* call(const char* name, tg_tensor* x, tg_tensor* y) {
  const tg_op* op = NULL;
  OK(api->op->find(name, &op));
  tg_tensor* inputs[2] = {x, y};
  tg_tensor* out = NULL;
  size_t count = 1;
  OK(api->eager->execute(op, inputs, y ? 2 : 1, NULL, 0, &out, &count));
  CHECK(count == 1);
  return out;
}

/* The tables are there, each says its size, and other major versions are not answered. */
static void versions(void) {
  CHECK(tg_get_api(TG_ABI_MAJOR) == api);
  CHECK(tg_get_api(TG_ABI_MAJOR + 1) == NULL && tg_get_api(-1) == NULL && tg_get_api(2) == NULL);
  CHECK(api->major == TG_ABI_MAJOR && api->minor == TG_ABI_MINOR);
  CHECK(api->release && strchr(api->release, '.'));
  CHECK(api->struct_size == sizeof(tg_api));
#define SIZE(table) CHECK(api->table->struct_size == sizeof(tg_##table##_api))
  SIZE(status); SIZE(dtype); SIZE(event); SIZE(tensor); SIZE(resource); SIZE(op); SIZE(eager);
  SIZE(tape); SIZE(graph); SIZE(function); SIZE(model); SIZE(device); SIZE(plugin);
  CHECK(api->dtype->size(TG_FLOAT32) == 4 && api->dtype->size(TG_STRING) == 0 && api->dtype->size(999) == 0);
  CHECK(strcmp(api->dtype->name(TG_BFLOAT16), "bfloat16") == 0 && api->dtype->name(-1) == NULL);
  CHECK(api->dtype->from_name("int64") == TG_INT64 && api->dtype->from_name("integer") == TG_DTYPE_INVALID);
  CHECK(api->dtype->from_name(NULL) == TG_DTYPE_INVALID);
}

static int warnings;
static tg_status* count_warning(void* context, const char* error_code, const char* message);

static void errors(void) {
  char text[] = "a rule";
  tg_status* status = api->status->create(TG_NOT_FOUND, "TG-0112", text);
  text[0] = 'X'; /* it was copied */
  CHECK(api->status->code(status) == TG_NOT_FOUND);
  CHECK(strcmp(api->status->message(status), "a rule") == 0);
  CHECK(strcmp(api->status->error_code(status), "TG-0112") == 0);
  api->status->destroy(status);
  status = api->status->create(TG_INTERNAL, NULL, NULL);
  CHECK(strcmp(api->status->message(status), "") == 0 && strcmp(api->status->error_code(status), "") == 0);
  api->status->destroy(status);
  CHECK(api->status->code(NULL) == TG_OK && strcmp(api->status->message(NULL), "") == 0);
  api->status->destroy(NULL);

  api->status->set_warning_handler(count_warning, NULL);
  OK(api->status->warn("TG-0750", "slow"));
  api->status->set_warning_handler(count_warning, text);
  FAILS(api->status->warn("TG-0750", "slow"), "TG-0750"); /* the listener made it an error */
  FAILS(api->status->warn("TG-0750", NULL), "TG-0504");
  api->status->set_warning_handler(NULL, NULL);
  CHECK(warnings == 2);

  const tg_op* op = NULL;
  status = api->op->find("matmull", &op);
  CHECK(api->status->code(status) == TG_NOT_FOUND && strstr(api->status->message(status), "matmul"));
  expect(status, "TG-0112", __LINE__);
}

static void tensors(void) {
  const int64_t dims[2] = {2, 3};
  const float values[6] = {1, 2, 3, 4, 5, 6};
  tg_tensor* tensor = floats(2, dims, values, 6);
  tg_tensor_desc desc = describe(tensor);
  CHECK(desc.struct_size == sizeof(desc) && desc.dtype == TG_FLOAT32 && desc.rank == 2);
  CHECK(desc.dims[0] == 2 && desc.dims[1] == 3 && desc.strides == NULL && desc.byte_offset == 0);
  CHECK(desc.device == NULL && desc.ready == NULL && desc.memory_kind == TG_MEMORY_HOST);
  CHECK(memcmp(desc.data, values, sizeof(values)) == 0 && (uintptr_t)desc.data % 64 == 0);
  CHECK(!api->tensor->is_symbolic(tensor) && api->tensor->byte_size(tensor) == 24);
  tg_tensor* other = floats(2, dims, values, 6);
  CHECK(api->tensor->id(tensor) != api->tensor->id(other));
  api->tensor->release(other);
  api->tensor->retain(tensor);
  api->tensor->release(tensor);
  CHECK(first(tensor) == 1);
  api->tensor->release(tensor);

  void* data = NULL;
  OK(api->tensor->create(TG_INT64, 1, dims, &data, &tensor));
  ((int64_t*)data)[0] = 7, ((int64_t*)data)[1] = 8;
  CHECK(((const int64_t*)describe(tensor).data)[1] == 8);
  api->tensor->release(tensor);
  OK(api->tensor->create(TG_FLOAT64, 0, NULL, &data, &tensor));
  CHECK(describe(tensor).rank == 0 && api->tensor->byte_size(tensor) == 8);
  api->tensor->release(tensor);

  const int64_t many[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, negative[1] = {-1};
  const int64_t huge[3] = {INT64_C(1) << 40, INT64_C(1) << 40, 2}, large[1] = {INT64_C(1) << 55};
  FAILS(api->tensor->create(TG_FLOAT32, 9, many, &data, &tensor), "TG-0103");
  FAILS(api->tensor->create(TG_FLOAT32, 1, negative, &data, &tensor), "TG-0109");
  FAILS(api->tensor->create(TG_FLOAT32, -1, NULL, &data, &tensor), "TG-0109");
  FAILS(api->tensor->create(TG_FLOAT32, 3, huge, &data, &tensor), "TG-0109");
  FAILS(api->tensor->create(TG_FLOAT32, 1, large, &data, &tensor), "TG-0119");
  FAILS(api->tensor->create(TG_STRING, 1, dims, &data, &tensor), "TG-0102");
  FAILS(api->tensor->create(77, 1, dims, &data, &tensor), "TG-0102");
  FAILS(api->tensor->create_copy(TG_FLOAT32, 2, dims, values, 20, &tensor), "TG-0105");
}

static int released;
static void count_release(void* context) { released += *(int*)context; }

static void shared_memory(void) {
  static float memory[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  static int one = 1;
  const int64_t dims[2] = {2, 3}, dense[2] = {12, 4}, gaps[2] = {16, 4};
  tg_tensor_desc desc = {.struct_size = sizeof(desc), .data = memory, .dims = dims, .dtype = TG_FLOAT32, .rank = 2};
  tg_tensor* tensor = NULL;
  desc.byte_offset = 8;
  desc.strides = dense;
  OK(api->tensor->create_shared(&desc, count_release, &one, &tensor));
  CHECK(first(tensor) == 2);
  tg_tensor* shape = NULL;
  const int64_t two[1] = {2};
  const int32_t sizes[2] = {3, 2};
  OK(api->tensor->create_copy(TG_INT32, 1, two, sizes, sizeof(sizes), &shape));
  tg_tensor* view = call("reshape", tensor, shape);
  tg_tensor* sum = call("add", tensor, tensor);
  CHECK(first(sum) == 4);
  memory[2] = 20;
  CHECK(first(view) == 20); /* the view shows the same memory */
  api->tensor->release(tensor);
  api->tensor->release(sum);
  api->tensor->release(shape);
  CHECK(released == 0); /* the view still holds it */
  api->tensor->release(view);
  CHECK(released == 1);
  OK(api->tensor->create_shared(&desc, NULL, NULL, &tensor)); /* memory that is never let go */
  api->tensor->release(tensor);

  tg_tensor_desc wrong = desc;
  wrong.strides = gaps;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0117");
  wrong = desc, wrong.byte_offset = 2;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0117");
  wrong = desc, wrong.byte_offset = -8;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0117");
  wrong = desc, wrong.dtype = TG_STRING;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0102");
  wrong = desc, wrong.data = NULL;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0504");
  wrong = desc, wrong.struct_size = 8;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0504");
  wrong = desc, wrong.struct_size = sizeof(desc) + 8;
  FAILS(api->tensor->create_shared(&wrong, count_release, &one, &tensor), "TG-0504");
  CHECK(released == 1); /* what was refused stays the caller's */
}

static void strings(void) {
  const int64_t dims[1] = {3}, offsets[4] = {5, 7, 7, 10}, falling[4] = {0, 2, 1, 3};
  tg_tensor* tensor = NULL;
  OK(api->tensor->create_strings(1, dims, offsets, "-----ab\0cd", &tensor)); /* "ab", "", "\0cd" */
  tg_tensor_desc desc = describe(tensor);
  CHECK(desc.dtype == TG_STRING && desc.rank == 1 && desc.dims[0] == 3);
  const int64_t* kept = desc.data;
  CHECK(kept[0] == 0 && kept[1] == 2 && kept[2] == 2 && kept[3] == 5);
  CHECK(memcmp(kept + 4, "ab\0cd", 5) == 0);
  CHECK(api->tensor->byte_size(tensor) == 4 * 8 + 5);
  tg_tensor* same = call("equal", tensor, tensor);
  const char* equal = describe(same).data;
  CHECK(equal[0] && equal[1] && equal[2]);
  api->tensor->release(same);
  api->tensor->release(tensor);
  const int64_t none[1] = {0}, zero[1] = {0};
  OK(api->tensor->create_strings(1, none, zero, NULL, &tensor));
  api->tensor->release(tensor);
  FAILS(api->tensor->create_strings(1, dims, falling, "abc", &tensor), "TG-0117");
  FAILS(api->tensor->create_strings(1, dims, NULL, "abc", &tensor), "TG-0504");
  FAILS(api->tensor->create_strings(1, dims, offsets, NULL, &tensor), "TG-0504");
  FAILS(api->tensor->create_strings(-1, NULL, offsets, "abc", &tensor), "TG-0109");
}

static void* signal_later(void* event) {
  usleep(20000);
  OK(api->event->signal(event, api->status->create(TG_DATA_LOSS, "TG-0402", "the copy failed")));
  api->event->release(event);
  return NULL;
}

static void events(void) {
  tg_event* event = NULL;
  OK(api->event->create(&event));
  CHECK(!api->event->is_ready(event));
  OK(api->event->signal(event, NULL));
  CHECK(api->event->is_ready(event));
  OK(api->event->wait(event));
  FAILS(api->event->signal(event, NULL), "TG-0505");
  FAILS(api->event->signal(event, api->status->create(TG_ABORTED, "", "late")), "TG-0505");
  OK(api->event->wait(event)); /* the refused error left no trace */
  api->event->release(event);

  OK(api->event->create(&event));
  api->event->retain(event);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, signal_later, event) == 0);
  tg_status* carried = api->event->wait(event);
  CHECK(api->status->code(carried) == TG_DATA_LOSS);
  CHECK(strcmp(api->status->message(carried), "the copy failed") == 0);
  expect(carried, "TG-0402", __LINE__);
  FAILS(api->event->wait(event), "TG-0402"); /* each who waits gets a copy */
  pthread_join(thread, NULL);
  api->event->release(event);
}

static int destroyed;
static void destroy_queue(void* self) { destroyed += *(int*)self; }
static const tg_resource_type queue_type = {sizeof(tg_resource_type), "test::queue", destroy_queue};

static void resources(void) {
  static int one = 1;
  tg_resource* queue = NULL;
  OK(api->resource->create(&queue_type, &one, &queue));
  CHECK(api->resource->type(queue) == &queue_type && api->resource->self(queue) == &one);
  tg_tensor *handle = NULL, *again = NULL;
  OK(api->resource->to_tensor(queue, &handle));
  OK(api->resource->to_tensor(queue, &again));
  CHECK(describe(handle).dtype == TG_RESOURCE && describe(handle).rank == 0);
  CHECK(api->tensor->id(handle) == api->tensor->id(again));
  api->tensor->release(again);
  tg_tensor* result = NULL;
  FAILS(api->resource->variable_read(queue, &result), "TG-0501");
  FAILS(api->resource->variable_assign(queue, handle), "TG-0501");
  api->resource->release(queue);
  CHECK(destroyed == 0); /* the tensor holds it */
  tg_resource* back = NULL;
  OK(api->resource->from_tensor(handle, &back));
  CHECK(back == queue);
  api->tensor->release(handle);
  CHECK(destroyed == 0);
  api->resource->release(back);
  CHECK(destroyed == 1);

  const int64_t dims[1] = {TG_DIM_UNKNOWN}, two[1] = {2}, three[1] = {3}, matrix[2] = {1, 1};
  const float values[3] = {1, 2, 3};
  tg_tensor *x2 = floats(1, two, values, 2), *x3 = floats(1, three, values, 3), *x22 = floats(2, matrix, values, 1);
  tg_resource* variable = NULL;
  OK(api->resource->variable_create("v", TG_FLOAT32, 1, dims, 1, NULL, &variable));
  CHECK(strcmp(api->resource->type(variable)->name, "variable") == 0);
  FAILS(api->resource->variable_read(variable, &result), "TG-0115");
  OK(api->resource->variable_assign(variable, x2));
  OK(api->resource->variable_assign(variable, x3)); /* the size is open */
  OK(api->resource->variable_read(variable, &result));
  CHECK(describe(result).dims[0] == 3);
  api->tensor->release(result);
  FAILS(api->resource->variable_assign(variable, x22), "TG-0116");
  FAILS(api->resource->from_tensor(x2, &back), "TG-0501");
  FAILS(api->resource->variable_create("w", TG_FLOAT32, 2, matrix, 1, x2, &back), "TG-0116");
  FAILS(api->resource->variable_create("w", TG_RESOURCE, 0, NULL, 1, NULL, &back), "TG-0102");
  api->resource->release(variable);
  api->tensor->release(x2);
  api->tensor->release(x3);
  api->tensor->release(x22);
}

static int32_t two_devices(void* self) { return *(int32_t*)self; }
static tg_status* allocate(void* self, int32_t ordinal, size_t bytes, void** out) {
  (void)self, (void)ordinal;
  *out = malloc(bytes);
  return NULL;
}
static void deallocate(void* self, int32_t ordinal, void* data, size_t bytes) {
  (void)self, (void)ordinal, (void)bytes;
  free(data);
}
static tg_status* copy_in(void* self, int32_t ordinal, const void* host, void* device, size_t bytes, tg_event** done) {
  (void)self, (void)ordinal;
  memcpy(device, host, bytes);
  *done = NULL;
  return NULL;
}
static tg_status* copy_out(void* self, int32_t ordinal, const void* device, void* host, size_t bytes, tg_event** done) {
  return copy_in(self, ordinal, device, host, bytes, done);
}

static int32_t supports_all(void* self, const tg_op* op, const int32_t* dtypes, size_t num_inputs) {
  (void)self, (void)op, (void)dtypes, (void)num_inputs;
  return 1;
}
static tg_status* execute_nothing(void* self, int32_t ordinal, const tg_op* op, tg_op_context* context,
                                  tg_event** done) {
  (void)self, (void)ordinal, (void)op, (void)context, (void)done;
  return NULL;
}
static tg_status* run_nothing(void* self, int32_t ordinal, void* executable, const tg_tensor_desc* inputs,
                              size_t num_inputs, const tg_tensor_desc* outputs, size_t num_outputs, tg_event** done) {
  (void)self, (void)ordinal, (void)executable, (void)inputs, (void)num_inputs, (void)outputs, (void)num_outputs;
  (void)done;
  return NULL;
}

static tg_status* count_warning(void* context, const char* error_code, const char* message) {
  warnings += strcmp(error_code, "TG-0750") == 0 && strcmp(message, "slow") == 0;
  return context ? api->status->create(TG_ABORTED, "TG-0750", message) : NULL;
}

static void devices(void) {
  CHECK(api->device->count() >= 1);
  CHECK(strcmp(api->device->name(api->device->at(0)), "CPU:0") == 0);
  CHECK(strcmp(api->device->type(api->device->at(0)), "CPU") == 0);
  CHECK(api->device->at(1000) == NULL);
  tg_device* found = NULL;
  OK(api->device->find("CPU:0", &found));
  CHECK(found == api->device->at(0));
  tg_status* status = api->device->find("GPU:0", &found);
  CHECK(strstr(api->status->message(status), "CPU:0"));
  expect(status, "TG-0502", __LINE__);

  static int32_t count = 2;
  size_t before = api->device->count();
  tg_device_def def = {.struct_size = sizeof(def), .type = "TEST", .self = &count, .count = two_devices,
                       .memory_kind = TG_MEMORY_DEVICE, .allocate = allocate, .deallocate = deallocate,
                       .copy_from_host = copy_in, .copy_to_host = copy_out, .supports = supports_all,
                       .execute = execute_nothing};
  OK(api->device->register_device(&def));
  CHECK(api->device->count() == before + 2);
  OK(api->device->find("TEST:1", &found));
  CHECK(strcmp(api->device->type(found), "TEST") == 0);
  FAILS(api->device->register_device(&def), "TG-0751");
  def.type = "OTHER", def.allocate = NULL;
  FAILS(api->device->register_device(&def), "TG-0751");
  def.type = "lower", def.allocate = allocate;
  FAILS(api->device->register_device(&def), "TG-0751");
  def.type = "OTHER", def.run = run_nothing;
  FAILS(api->device->register_device(&def), "TG-0751");
  def.run = NULL, def.struct_size = 16;
  FAILS(api->device->register_device(&def), "TG-0504");

  /* Copies go there and back; a device that leaves an output unset is told so; without one, the host is where ops run. */
  const int64_t dims[1] = {2};
  const float values[2] = {3, 4};
  tg_tensor *host = floats(1, dims, values, 2), *there = NULL, *back = NULL, *out = NULL;
  OK(api->device->copy(host, found, &there));
  CHECK(describe(there).device == found && describe(there).memory_kind == TG_MEMORY_DEVICE);
  OK(api->device->copy(there, NULL, &back));
  CHECK(first(back) == 3 && describe(back).device == NULL);
  const tg_op* add = NULL;
  OK(api->op->find("add", &add));
  tg_tensor* both[2] = {there, host};
  size_t outputs = 1;
  FAILS(api->eager->execute(add, both, 2, NULL, 0, &out, &outputs), "TG-0752");
  OK(api->device->enter(api->device->at(0)));
  CHECK(api->device->current() == api->device->at(0));
  OK(api->eager->execute(add, both, 2, NULL, 0, &out, &outputs));
  OK(api->device->leave());
  FAILS(api->device->leave(), "TG-0202");
  CHECK(api->device->current() == NULL && first(out) == 6);
  api->tensor->release(host);
  api->tensor->release(there);
  api->tensor->release(back);
  api->tensor->release(out);
}

static void collect(void* context, const char* text, size_t size) {
  strncat(context, text, size < 4000 ? size : 4000);
}

/* A graph made by hand: y = exp(x) + exp(x), v read and written. */
static void graphs(void) {
  const int64_t open[1] = {TG_DIM_UNKNOWN}, three[1] = {3};
  const float values[3] = {0, 1, 2};
  tg_graph* graph = NULL;
  tg_tensor* x = NULL;
  OK(api->graph->create("g", &graph));
  OK(api->graph->add_input(graph, "x", TG_FLOAT32, 1, open, &x));
  CHECK(api->tensor->is_symbolic(x) && api->tensor->byte_size(x) == 0);
  tg_tensor_desc desc = describe(x);
  CHECK(desc.data == NULL && desc.dims[0] < TG_DIM_UNKNOWN); /* a symbol */
  OK(api->graph->enter(graph));
  CHECK(!api->eager->executing_eagerly());
  OK(api->graph->set_source(graph, "program.c:7"));
  tg_tensor *a = call("exp", x, NULL), *b = call("exp", x, NULL), *y = call("add", a, b);
  OK(api->graph->leave());
  CHECK(api->eager->executing_eagerly());
  CHECK(api->graph->num_nodes(graph) == 3);
  tg_function* function = NULL;
  OK(api->function->create(graph, &y, 1, &function));
  CHECK(api->graph->num_nodes(graph) == 0); /* emptied */
  api->graph->destroy(graph);
  api->tensor->release(x), api->tensor->release(a), api->tensor->release(b), api->tensor->release(y);

  CHECK(strcmp(api->function->name(function), "g") == 0);
  CHECK(api->function->num_inputs(function) == 1 && api->function->num_outputs(function) == 1);
  CHECK(api->function->num_captures(function) == 0 && api->function->num_nodes(function) == 2);
  CHECK(api->function->num_values(function) == 3);
  CHECK(strcmp(api->function->input_name(function, 0), "x") == 0 && api->function->input_name(function, 1) == NULL);
  int64_t value = -1;
  OK(api->function->output_value(function, 0, &value));
  CHECK(value == 2);
  FAILS(api->function->output_value(function, 1, &value), "TG-0107");
  OK(api->function->value_type(function, 2, &desc));
  CHECK(desc.dtype == TG_FLOAT32 && desc.rank == 1 && desc.dims[0] < 0 && desc.data == NULL);
  tg_node_view view = {.struct_size = sizeof(view)};
  OK(api->function->node(function, 1, &view));
  CHECK(strcmp(view.op, "add") == 0 && strcmp(view.source, "program.c:7") == 0);
  CHECK(view.num_inputs == 2 && view.inputs[0] == 1 && view.inputs[1] == 1 && view.outputs[0] == 2);
  FAILS(api->function->node(function, 2, &view), "TG-0107");
  OK(api->function->verify(function));
  static char text[8192];
  OK(api->function->print(function, collect, text));
  CHECK(strstr(text, "function \"g\"") && strstr(text, "exp(%0)"));
  tg_function* parsed = NULL;
  OK(api->function->parse(text, strlen(text), &parsed));

  tg_tensor *input = floats(1, three, values, 3), *result = NULL;
  OK(api->function->call(parsed, &input, 1, &result, 1));
  CHECK(first(result) == 2);
  api->tensor->release(result);
  FAILS(api->function->call(function, &input, 1, &result, 0), "TG-0303");
  FAILS(api->function->call(function, NULL, 0, &result, 1), "TG-0303");
  api->tensor->release(input);
  api->function->release(parsed);
  api->function->release(function);

  /* d(x * x)/dx in the graph; nothing flows to z, nor through what is stopped. */
  tg_tensor *z = NULL, *slopes[2] = {NULL, NULL};
  OK(api->graph->create("slopes", &graph));
  OK(api->graph->add_input(graph, "x", TG_FLOAT32, 1, three, &x));
  OK(api->graph->add_input(graph, "z", TG_FLOAT32, 1, three, &z));
  OK(api->graph->enter(graph));
  tg_tensor* square = call("multiply", x, x);
  tg_tensor* sources[2] = {x, z};
  OK(api->graph->gradients(graph, &square, 1, sources, 2, NULL, &square, 1, slopes));
  CHECK(slopes[0] == NULL && slopes[1] == NULL);
  OK(api->graph->gradients(graph, &square, 1, sources, 2, NULL, NULL, 0, slopes));
  CHECK(slopes[0] != NULL && slopes[1] == NULL);
  FAILS(api->graph->gradients(graph, &square, 1, sources, 2, NULL, NULL, 0, NULL), "TG-0504");
  FAILS(api->graph->gradients(NULL, &square, 1, sources, 2, NULL, NULL, 0, slopes), "TG-0504");
  OK(api->graph->leave());
  OK(api->function->create(graph, slopes, 1, &function));
  tg_tensor* both[2] = {floats(1, three, values, 3), floats(1, three, values, 3)};
  OK(api->function->call(function, both, 2, &result, 1));
  CHECK(((const float*)describe(result).data)[2] == 4.0f);
  api->tensor->release(x), api->tensor->release(z), api->tensor->release(square), api->tensor->release(slopes[0]);
  api->tensor->release(both[0]), api->tensor->release(both[1]), api->tensor->release(result);
  api->function->release(function);
  api->graph->destroy(graph);

  /* One that is left half-way: destroying it leaves the thread in order. */
  OK(api->graph->create("h", &graph));
  OK(api->graph->enter(graph));
  api->graph->destroy(graph);
  CHECK(api->eager->executing_eagerly());
  OK(api->graph->leave());
  FAILS(api->graph->leave(), "TG-0202");
}

static tg_status* double_it(void* context, tg_tensor* const* dy, size_t n, tg_tensor** dx, size_t m) {
  *(int*)context += (int)(n + m);
  dx[0] = call("add", dy[0], dy[0]);
  return NULL;
}

static void tapes(void) {
  const float three = 3;
  tg_tensor *x = floats(0, NULL, &three, 1), *gradient = NULL;
  tg_tape* tape = NULL;
  OK(api->tape->create(0, 1, &tape));
  OK(api->tape->start(tape));
  OK(api->tape->watch(tape, x));
  tg_tensor* y = call("square", x, NULL);
  OK(api->tape->stop(tape));
  FAILS(api->tape->stop(tape), "TG-0202");
  OK(api->tape->gradient(tape, &y, 1, &x, 1, NULL, &gradient));
  CHECK(first(gradient) == 6);
  api->tensor->release(gradient);
  FAILS(api->tape->gradient(tape, &y, 1, &x, 1, NULL, &gradient), "TG-0201");
  api->tape->destroy(tape);

  int context = 0;
  released = 0;
  OK(api->tape->create(0, 1, &tape));
  OK(api->tape->start(tape));
  OK(api->tape->watch(tape, x));
  tg_tensor* z = call("negative", y, NULL);
  OK(api->tape->record_custom("twice", &x, 1, &z, 1, double_it, count_release, &context));
  api->tape->pause_all();
  api->tensor->release(call("exp", z, NULL));
  api->tape->resume_all();
  OK(api->tape->gradient(tape, &z, 1, &x, 1, NULL, &gradient));
  CHECK(first(gradient) == 2 && context == 2);
  api->tensor->release(gradient);
  CHECK(released == 2); /* let go with the entry: it adds what context says, once */
  api->tape->destroy(tape); /* still started: it is stopped */
  api->tensor->release(call("exp", x, NULL));
  api->tensor->release(x), api->tensor->release(y), api->tensor->release(z);
}

/* NULL where something is needed, and structs of unknown size: errors, never a crash. */
static void wrong_arguments(void) {
  const tg_op* add = NULL;
  OK(api->op->find("add", &add));
  const float one = 1;
  tg_tensor *x = floats(0, NULL, &one, 1), *out = NULL, *none[2] = {x, NULL}, *both[2] = {x, x};
  size_t count = 1, room = 0;
  void* data = NULL;
  tg_attr attr = {.struct_size = sizeof(attr), .name = "axis", .kind = TG_ATTR_INT};
  tg_tensor_desc small = {.struct_size = 4}, desc = {.struct_size = sizeof(desc)};
#define NULLED(call) FAILS(call, "TG-0504")
  NULLED(api->tensor->create(TG_FLOAT32, 0, NULL, NULL, &out));
  NULLED(api->tensor->create(TG_FLOAT32, 0, NULL, &data, NULL));
  NULLED(api->tensor->create(TG_FLOAT32, 1, NULL, &data, &out));
  NULLED(api->tensor->create_copy(TG_FLOAT32, 0, NULL, NULL, 4, &out));
  NULLED(api->tensor->create_copy(TG_FLOAT32, 0, NULL, &one, 4, NULL));
  NULLED(api->tensor->create_shared(NULL, NULL, NULL, &out));
  NULLED(api->tensor->describe(NULL, &desc));
  NULLED(api->tensor->describe(x, NULL));
  NULLED(api->tensor->describe(x, &small));
  CHECK(!api->tensor->is_symbolic(NULL) && api->tensor->byte_size(NULL) == 0 && api->tensor->id(NULL) == 0);
  api->tensor->retain(NULL), api->tensor->release(NULL);
  NULLED(api->event->create(NULL));
  NULLED(api->event->signal(NULL, api->status->create(TG_ABORTED, "", "lost")));
  NULLED(api->event->wait(NULL));
  CHECK(!api->event->is_ready(NULL));
  api->event->retain(NULL), api->event->release(NULL);
  tg_resource* resource = NULL;
  NULLED(api->resource->create(NULL, NULL, &resource));
  NULLED(api->resource->create(&queue_type, NULL, NULL));
  NULLED(api->resource->to_tensor(NULL, &out));
  NULLED(api->resource->from_tensor(NULL, &resource));
  NULLED(api->resource->variable_create("v", TG_FLOAT32, 0, NULL, 1, NULL, NULL));
  NULLED(api->resource->variable_read(NULL, &out));
  NULLED(api->resource->variable_assign(NULL, x));
  CHECK(api->resource->type(NULL) == NULL && api->resource->self(NULL) == NULL);
  api->resource->retain(NULL), api->resource->release(NULL);
  NULLED(api->op->find(NULL, &add));
  NULLED(api->op->find("add", NULL));
  NULLED(api->op->register_op(NULL));
  CHECK(api->op->definition(NULL) == NULL && api->op->name(NULL) == NULL && api->op->at(100000) == NULL);
  tg_op_def def = {.struct_size = 8};
  NULLED(api->op->register_op(&def));
  def.struct_size = sizeof(def);
  FAILS(api->op->register_op(&def), "TG-0120");
  NULLED(api->eager->execute(NULL, both, 2, NULL, 0, &out, &count));
  NULLED(api->eager->execute(add, NULL, 2, NULL, 0, &out, &count));
  NULLED(api->eager->execute(add, none, 2, NULL, 0, &out, &count));
  NULLED(api->eager->execute(add, both, 2, NULL, 1, &out, &count));
  NULLED(api->eager->execute(add, both, 2, NULL, 0, NULL, &count));
  NULLED(api->eager->execute(add, both, 2, NULL, 0, &out, NULL));
  FAILS(api->eager->execute(add, both, 2, NULL, 0, &out, &room), "TG-0110");
  FAILS(api->eager->execute(add, both, 2, &attr, 1, &out, &count), "TG-0111");
  attr.name = NULL;
  NULLED(api->eager->execute(add, both, 2, &attr, 1, &out, &count));
  attr.name = "axis", attr.struct_size = 8;
  NULLED(api->eager->execute(add, both, 2, &attr, 1, &out, &count));
  attr.struct_size = sizeof(attr), attr.count = 2;
  const int32_t kinds[] = {TG_ATTR_STRING, TG_ATTR_INTS, TG_ATTR_FLOATS, TG_ATTR_TENSOR, TG_ATTR_FUNCTION};
  for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); ++k) {
    attr.kind = kinds[k];
    NULLED(api->eager->execute(add, both, 2, &attr, 1, &out, &count));
  }
  FAILS(api->eager->set_num_threads(-1), "TG-0601");
  api->eager->memory_info(NULL, NULL, NULL);
  tg_tape* tape = NULL;
  NULLED(api->tape->create(0, 1, NULL));
  NULLED(api->tape->start(NULL));
  NULLED(api->tape->stop(NULL));
  NULLED(api->tape->watch(NULL, x));
  NULLED(api->tape->gradient(NULL, &x, 1, &x, 1, NULL, &out));
  NULLED(api->tape->record_custom("c", &x, 1, &x, 1, NULL, NULL, NULL));
  NULLED(api->tape->watched_variables(NULL, &out, 1, &count));
  OK(api->tape->create(0, 1, &tape));
  NULLED(api->tape->watch(tape, NULL));
  NULLED(api->tape->gradient(tape, NULL, 1, &x, 1, NULL, &out));
  NULLED(api->tape->gradient(tape, &x, 1, NULL, 1, NULL, &out));
  NULLED(api->tape->gradient(tape, &x, 1, &x, 1, NULL, NULL));
  NULLED(api->tape->watched_variables(tape, NULL, 1, NULL));
  api->tape->destroy(tape), api->tape->destroy(NULL);
  tg_graph* graph = NULL;
  tg_function* function = NULL;
  /* A number that no dtype has. */
  tg_attr no_dtype;
  memset(&no_dtype, 0, sizeof(no_dtype));
  no_dtype.struct_size = sizeof(no_dtype);
  no_dtype.name = "dtype", no_dtype.kind = TG_ATTR_DTYPE, no_dtype.i = 99;
  const tg_op* cast = NULL;
  OK(api->op->find("cast", &cast));
  size_t places = 1;
  FAILS(api->eager->execute(cast, &x, 1, &no_dtype, 1, &out, &places), "TG-0111");
  NULLED(api->graph->create("g", NULL));
  NULLED(api->graph->add_input(NULL, "x", TG_FLOAT32, 0, NULL, &out));
  NULLED(api->graph->capture(NULL, x, &out));
  NULLED(api->graph->set_source(NULL, "x"));
  CHECK(api->graph->num_nodes(NULL) == 0);
  OK(api->graph->create(NULL, &graph));
  NULLED(api->graph->add_input(graph, "x", TG_FLOAT32, 1, NULL, &out));
  FAILS(api->graph->add_input(graph, "x", 99, 0, NULL, &out), "TG-0102");
  NULLED(api->graph->capture(graph, NULL, &out));
  NULLED(api->function->create(NULL, NULL, 0, &function));
  NULLED(api->function->create(graph, NULL, 1, &function));
  NULLED(api->function->create(graph, NULL, 0, NULL));
  OK(api->function->create(graph, NULL, 0, &function));
  api->graph->destroy(graph), api->graph->destroy(NULL);
  NULLED(api->function->value_type(NULL, 0, &desc));
  NULLED(api->function->value_type(function, 0, &small));
  NULLED(api->function->output_value(NULL, 0, NULL));
  tg_node_view view = {.struct_size = 8};
  NULLED(api->function->node(NULL, 0, &view));
  NULLED(api->function->node(function, 0, &view));
  NULLED(api->function->node_attr(NULL, 0, 0, &attr));
  NULLED(api->function->capture(NULL, 0, &out));
  NULLED(api->function->call(NULL, NULL, 0, NULL, 0));
  NULLED(api->function->verify(NULL));
  NULLED(api->function->print(NULL, collect, NULL));
  NULLED(api->function->print(function, NULL, NULL));
  NULLED(api->function->parse(NULL, 0, &function));
  NULLED(api->function->parse("", 0, NULL));
  NULLED(api->function->serialize(NULL, collect, NULL));
  NULLED(api->function->serialize(function, NULL, NULL));
  NULLED(api->function->deserialize(NULL, 0, NULL, 0, &function));
  NULLED(api->function->deserialize("", 0, NULL, 0, NULL));
  CHECK(api->function->name(NULL) == NULL && api->function->num_nodes(NULL) == 0);
  CHECK(api->function->num_inputs(NULL) == 0 && api->function->input_name(NULL, 0) == NULL);
  api->function->release(function), api->function->release(NULL), api->function->retain(NULL);
  tg_model* model = NULL;
  tg_model_options options = {.struct_size = 4};
  NULLED(api->model->load(NULL, NULL, &model));
  NULLED(api->model->load("/", NULL, NULL));
  NULLED(api->model->load("/", &options, &model));
  FAILS(api->model->load("/there/is/no/such/directory", NULL, &model), "TG-0401");
  NULLED(api->model->find_signature(NULL, "x", &count));
  NULLED(api->model->run(NULL, 0, NULL, 0, NULL, 0));
  NULLED(api->model->function(NULL, "f", &function));
  NULLED(api->model->object_tensor(NULL, 0, &out));
  NULLED(api->model->proto(NULL, (const void**)&data, &count));
  CHECK(api->model->num_signatures(NULL) == 0 && api->model->signature_name(NULL, 0) == NULL);
  api->model->destroy(NULL);
  tg_device* device = NULL;
  NULLED(api->device->find(NULL, &device));
  NULLED(api->device->find("CPU:0", NULL));
  NULLED(api->device->register_device(NULL));
  CHECK(api->device->name(NULL) == NULL && api->device->type(NULL) == NULL);
  NULLED(api->plugin->load(NULL));
  api->tensor->release(x);
}

/* The parsed signature, and an attribute that is named by its pointers. */
static void schemas(void) {
  const tg_op* op = NULL;
  OK(api->op->find("concat", &op));
  const tg_op_schema* schema = api->op->schema(op);
  CHECK(schema->struct_size == sizeof(tg_op_schema) && strcmp(schema->name, "concat") == 0);
  CHECK(schema->num_args == 1 && schema->args[0].is_list && schema->num_outputs == 1);
  OK(api->op->find("matmul", &op));
  schema = api->op->schema(op);
  CHECK(schema->num_args == 2 && strcmp(schema->args[1].name, "b") == 0 && !schema->args[1].is_list);
  CHECK(schema->args[0].variable >= 0 && schema->args[0].variable == schema->args[1].variable);
  CHECK(schema->args[0].dtypes >> TG_FLOAT32 & 1);
  CHECK(!(schema->args[0].dtypes >> TG_STRING & 1));
  CHECK(schema->num_attrs >= 2 && strcmp(schema->attrs[1].name, "transpose_b") == 0);
  CHECK(schema->attrs[1].kind == TG_ATTR_BOOL && schema->attrs[1].has_default && !schema->attrs[1].optional);
  CHECK(schema->attrs[1].default_value.kind == TG_ATTR_BOOL && schema->attrs[1].default_value.i == 0);
  CHECK(api->op->schema(NULL) == NULL);
  const float values[] = {1, 2, 3, 4};
  tg_tensor* x = floats(2, (const int64_t[]){2, 2}, values, 4);
  tg_tensor* inputs[2] = {x, x};
  tg_attr attr = {.struct_size = sizeof(attr), .name = schema->attrs[1].name, .kind = TG_ATTR_BOOL, .i = 1};
  tg_tensor* out = NULL;
  size_t count = 1;
  OK(api->eager->execute(op, inputs, 2, &attr, 1, &out, &count));
  CHECK(first(out) == 5);
  api->tensor->release(out);
  api->tensor->release(x);
}

static int began, ended;
static void* begin_long_run(void) { return ++began, &began; }
static void end_long_run(void* token) { ended += token == &began; }

/* Hooks meet kernels that run long, and no others. */
static void long_runs(void) {
  api->eager->set_long_run_hooks(begin_long_run, end_long_run);
  float small[4] = {1, 2, 3, 4};
  tg_tensor* x = floats(1, (const int64_t[]){4}, small, 4);
  api->tensor->release(call("add", x, x));
  CHECK(began == 0 && ended == 0);
  void* data = NULL;
  tg_tensor* large = NULL;
  OK(api->tensor->create(TG_FLOAT32, 1, (const int64_t[]){1 << 20}, &data, &large));
  memset(data, 0, 4 << 20);
  api->tensor->release(call("add", large, large));
  CHECK(began == 1 && ended == 1);
  api->eager->set_long_run_hooks(NULL, NULL);
  api->tensor->release(call("add", large, large));
  CHECK(began == 1 && ended == 1);
  api->tensor->release(large);
  api->tensor->release(x);
}

static tg_memory_info memory(void) {
  tg_memory_info info = {.struct_size = sizeof(info)};
  OK(api->eager->memory(&info));
  return info;
}

/* What is held, the peak, and the limit. */
static void memory_limits(void) {
  const tg_memory_info before = memory();
  CHECK(before.limit > 0 && before.peak >= before.current);
  void* data = NULL;
  tg_tensor *kept = NULL, *refused = NULL;
  const int64_t megabytes[] = {8 << 20};
  OK(api->tensor->create(TG_INT8, 1, megabytes, &data, &kept));
  CHECK(memory().current == before.current + (8 << 20));
  CHECK(memory().peak >= before.current + (8 << 20));
  api->eager->trim_memory();
  OK(api->eager->set_memory_limit(memory().current + (4 << 20)));
  FAILS(api->tensor->create(TG_INT8, 1, megabytes, &data, &refused), "TG-0119");
  CHECK(refused == NULL);
  FAILS(api->eager->set_memory_limit(-1), "TG-0601");
  OK(api->eager->set_memory_limit(0));
  CHECK(memory().limit == before.limit);
  api->tensor->release(kept);
  api->eager->reset_memory_peak();
  CHECK(memory().peak == memory().current && memory().current == before.current);
  api->eager->trim_memory();
  FAILS(api->eager->memory(NULL), "TG-0504");
  tg_memory_info wrong = {.struct_size = 3};
  FAILS(api->eager->memory(&wrong), "TG-0504");
}

int main(int argc, char** argv) {
  static const struct {
    const char* name;
    void (*run)(void);
  } sections[] = {{"versions", versions},   {"errors", errors},       {"tensors", tensors},
                  {"shared_memory", shared_memory}, {"strings", strings}, {"events", events},
                  {"resources", resources}, {"devices", devices},     {"graphs", graphs},
                  {"tapes", tapes},         {"schemas", schemas},     {"long_runs", long_runs},
                  {"memory_limits", memory_limits}, {"wrong_arguments", wrong_arguments}};
  api = tg_get_api(TG_ABI_MAJOR);
  if (api == NULL || argc != 2) return 2;
  for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); ++i) {
    if (strcmp(argv[1], sections[i].name) != 0) continue;
    int64_t before = 0, after = 0;
    api->eager->memory_info(&before, NULL, NULL);
    sections[i].run();
    api->eager->memory_info(&after, NULL, NULL);
    CHECK(after == before); /* nothing is left behind */
    return failures ? 1 : 0;
  }
  return 2;
}
