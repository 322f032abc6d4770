/* Fuzzes the C interface: fuzz_c_abi FIRST SECONDS PROGRESS. Each seed is one case: handles that are right, numbers and
   descriptors that need not be, and NULL now and then. Errors must be of the catalogue. The seed under way is in PROGRESS.
   SECONDS 0 runs FIRST alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tensegra/c/tensegra.h"

static const tg_api* api;
static uint64_t state;
static unsigned long seed;

static uint64_t draw(void) { /* xorshift64* */
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * UINT64_C(2685821657736338717);
}
static uint64_t below(uint64_t n) { return draw() % n; }
static int rarely(void) { return below(40) == 0; }

static int64_t number(void) {
  static const int64_t values[] = {0, 1, 2, 3, 4, 7, 8, 9, -1, -2, 255, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN,
                                   INT64_C(1) << 32, INT64_C(1) << 62};
  return values[below(sizeof(values) / sizeof(values[0]))];
}

/* Ends the program where an error says nothing. Returns whether the call went well. */
static int went_well(tg_status* status) {
  if (status == NULL) return 1;
  const char* code = api->status->error_code(status);
  if (code[0] == 0 || strcmp(code, "TG-0001") == 0) {
    printf("seed %lu: an error that is not of the catalogue: %s\n", seed, api->status->message(status));
    exit(1);
  }
  api->status->destroy(status);
  return 0;
}

static tg_tensor* tensor(void) {
  int64_t dims[9];
  int32_t rank = (int32_t)below(rarely() ? 10 : 4) - (int32_t)(rarely() ? 1 : 0), dtype = (int32_t)below(rarely() ? 25 : 16);
  int64_t count = 1;
  for (int32_t i = 0; i < rank; ++i) {
    dims[i] = rarely() ? number() : (int64_t)below(5);
    if (__builtin_mul_overflow(count, dims[i], &count)) count = -1;
  }
  tg_tensor* out = NULL;
  void* data = NULL;
  if (dtype == 0) {
    int64_t offsets[626];
    char bytes[1024];
    if (rank < 0 || rank > 4 || count < 0 || count > 625) return NULL;
    for (int64_t i = 0; i <= count; ++i) offsets[i] = rarely() ? number() : i;
    for (int64_t i = 1; i <= count; ++i) /* what lies between must be readable: a rule for callers */
      if (offsets[i] > 1024 || offsets[i] < 0) offsets[i] = offsets[i - 1];
    if (offsets[0] < 0 || offsets[0] > 1024) offsets[0] = 0;
    for (size_t i = 0; i < sizeof(bytes); ++i) bytes[i] = (char)draw();
    went_well(api->tensor->create_strings(rank, dims, offsets, bytes, &out));
    return out;
  }
  if (!went_well(api->tensor->create(dtype, rank, dims, &data, rarely() ? NULL : &out)) || out == NULL) return NULL;
  size_t bytes = api->tensor->byte_size(out);
  for (size_t i = 0; i < bytes; ++i) ((char*)data)[i] = (char)(dtype == TG_BOOL ? below(2) : below(4) ? below(3) : draw());
  return out;
}

static void look(const tg_tensor* t) {
  tg_tensor_desc desc = {.struct_size = rarely() ? below(200) : sizeof(desc)};
  if (!went_well(api->tensor->describe(t, &desc)) || desc.data == NULL) return;
  volatile char sum = 0;
  const size_t bytes = api->tensor->byte_size(t);
  for (size_t i = 0; i < bytes; ++i) sum ^= ((const char*)desc.data)[desc.byte_offset + (int64_t)i];
}

#define MOST 6
static tg_tensor* pool[MOST];
static void keep(tg_tensor* t) {
  size_t at = below(MOST);
  api->tensor->release(pool[at]);
  pool[at] = t;
}

static tg_function* functions[2];

static void execute(void) {
  const tg_op* op = rarely() ? NULL : api->op->at(below(api->op->count()));
  const tg_op_schema* schema = api->op->schema(op);
  tg_tensor* inputs[MOST] = {NULL};
  size_t num_inputs = schema && !rarely() ? schema->num_args : below(MOST);
  if (num_inputs > MOST) num_inputs = MOST;
  for (size_t i = 0; i < num_inputs; ++i) inputs[i] = pool[below(MOST)];
  tg_attr attrs[8];
  int64_t ints[8];
  double floats[8];
  size_t num_attrs = schema ? below(schema->num_attrs + 1) : 0;
  if (num_attrs > 8) num_attrs = 8;
  for (size_t i = 0; i < num_attrs; ++i) {
    const tg_attr_schema* wanted = &schema->attrs[below(schema->num_attrs)];
    memset(&attrs[i], 0, sizeof(attrs[i]));
    attrs[i].struct_size = rarely() ? below(200) : sizeof(attrs[i]);
    attrs[i].name = rarely() ? NULL : rarely() ? "nothing" : wanted->name;
    attrs[i].kind = rarely() ? (int32_t)below(12) : wanted->kind;
    attrs[i].i = attrs[i].kind == TG_ATTR_DTYPE ? (int64_t)below(20) : number();
    attrs[i].f = below(2) ? (double)number() : 0.5;
    attrs[i].s = below(2) ? "SAME" : "VALID";
    for (size_t k = 0; k < 8; ++k) ints[k] = number(), floats[k] = (double)number();
    attrs[i].ints = rarely() ? NULL : ints;
    attrs[i].floats = rarely() ? NULL : floats;
    attrs[i].count = attrs[i].kind == TG_ATTR_STRING ? below(5) : below(8);
    attrs[i].tensor = pool[below(MOST)];
    attrs[i].function = functions[below(2)];
  }
  tg_tensor* outputs[16] = {NULL};
  size_t num_outputs = rarely() ? below(3) : 16;
  if (!went_well(api->eager->execute(op, inputs, num_inputs, attrs, num_attrs, outputs, &num_outputs))) return;
  for (size_t i = 0; i < num_outputs; ++i) {
    look(outputs[i]);
    keep(outputs[i]);
  }
}

static void graph(void) {
  tg_graph* made = NULL;
  tg_function* function = NULL;
  went_well(api->graph->create("fuzz", &made));
  went_well(api->graph->enter(made));
  for (uint64_t i = below(3) + 1; i > 0; --i) {
    int64_t dims[9];
    for (int k = 0; k < 9; ++k) dims[k] = below(3) ? (int64_t)below(4) : rarely() ? number() : -1;
    tg_tensor* input = NULL;
    if (went_well(api->graph->add_input(made, "x", (int32_t)below(19), (int32_t)below(rarely() ? 10 : 4) - (rarely() ? 2 : 0),
                                        dims, &input)))
      keep(input);
  }
  for (uint64_t i = below(6); i > 0; --i) execute();
  went_well(api->graph->leave());
  tg_tensor* outputs[2] = {pool[below(MOST)], pool[below(MOST)]};
  if (went_well(api->function->create(made, outputs, 1 + below(2), &function))) {
    tg_tensor *inputs[4], *results[2] = {NULL, NULL};
    for (int i = 0; i < 4; ++i) inputs[i] = pool[below(MOST)];
    size_t wanted = api->function->num_inputs(function);
    if (went_well(api->function->call(function, inputs, wanted > 4 ? 4 : wanted, results, 2)))
      for (int i = 0; i < 2; ++i)
        if (results[i]) keep(results[i]);
    size_t at = below(2);
    api->function->release(functions[at]);
    functions[at] = function;
  }
  for (int i = 0; i < MOST; ++i) /* values of a graph are of no use outside of it */
    if (pool[i] && api->tensor->is_symbolic(pool[i])) {
      if (below(2)) continue;
      api->tensor->release(pool[i]);
      pool[i] = NULL;
    }
  api->graph->destroy(made);
}

static char buffer[1 << 16];
static size_t buffered;
static void collect(void* context, const char* text, size_t size) {
  (void)context;
  buffered = size < sizeof(buffer) ? size : sizeof(buffer);
  memcpy(buffer, text, buffered);
}

static void forms(void) {
  tg_function *function = functions[below(2)], *read = NULL;
  if (function == NULL) return;
  int message = (int)below(2);
  if (!went_well(message ? api->function->serialize(function, collect, NULL) : api->function->print(function, collect, NULL)))
    return;
  for (uint64_t i = below(4); i > 0 && buffered; --i) buffer[below(buffered)] = (char)draw();
  if (below(4) == 0) buffered = below(buffered + 1);
  tg_tensor* captures[2] = {pool[0], pool[1]};
  tg_status* status = message ? api->function->deserialize(buffer, buffered, captures, below(3), &read)
                              : api->function->parse(buffer, buffered, &read);
  if (!went_well(status)) return;
  went_well(api->function->verify(read));
  api->function->release(read);
}

static void tape(void) {
  tg_tape* made = NULL;
  if (!went_well(api->tape->create((int32_t)below(2), (int32_t)below(2), &made))) return;
  went_well(api->tape->start(made));
  tg_tensor* source = pool[below(MOST)];
  api->tensor->retain(source); /* the pool may let it go meanwhile */
  if (source) went_well(api->tape->watch(made, source));
  for (uint64_t i = below(5); i > 0; --i) execute();
  went_well(api->tape->stop(made));
  tg_tensor *target = pool[below(MOST)], *result = NULL;
  if (went_well(api->tape->gradient(made, &target, 1, &source, 1, NULL, &result)) && result) keep(result);
  api->tensor->release(source);
  api->tape->destroy(made);
}

static void run(unsigned long number_of_case) {
  seed = number_of_case;
  state = (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
  for (int i = 0; i < MOST; ++i) keep(tensor());
  for (uint64_t i = below(12); i > 0; --i) {
    switch (below(8)) {
      case 0: keep(tensor()); break;
      case 1: graph(); break;
      case 2: forms(); break;
      case 3: tape(); break;
      default: execute();
    }
  }
  for (int i = 0; i < MOST; ++i) {
    api->tensor->release(pool[i]);
    pool[i] = NULL;
  }
  for (int i = 0; i < 2; ++i) {
    api->function->release(functions[i]);
    functions[i] = NULL;
  }
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  api = tg_get_api(TG_ABI_MAJOR);
  went_well(api->eager->set_memory_limit(INT64_C(64) << 20));
  unsigned long first = strtoul(argv[1], NULL, 10);
  const double seconds = strtod(argv[2], NULL);
  const int progress = open(argv[3], O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const time_t end = time(NULL) + (time_t)seconds;
  do {
    char text[64];
    int size = snprintf(text, sizeof(text), "%lu %ld ", first, (long)time(NULL));
    if (pwrite(progress, text, (size_t)size, 0) != size) return 2;
    run(first++);
  } while (time(NULL) < end);
  return 0;
}
