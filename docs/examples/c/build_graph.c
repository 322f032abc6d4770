/* Builds a graph, y = relu(x * w + 1), runs it for two batch sizes, and prints it.
   cc -std=c11 build_graph.c -I$T/include $T/libtensegra.so.0 -Wl,-rpath,$T -o build_graph
   where T=$(python -c "import tensegra, os; print(os.path.dirname(tensegra.__file__))") */
#include <stdio.h>
#include <stdlib.h>

#include "tensegra/c/tensegra.h"

static const tg_api* tg;

static void check(tg_status* status) {
  if (status == NULL) return;
  fprintf(stderr, "%s (%s)\n", tg->status->message(status), tg->status->error_code(status));
  exit(1);
}

/* A node where a graph is entered, a result elsewhere. Both inputs are released; y may be NULL. */
static tg_tensor* call(const char* name, tg_tensor* x, tg_tensor* y) {
  const tg_op* op = NULL;
  tg_tensor *inputs[2] = {x, y}, *out = NULL;
  size_t count = 1;
  check(tg->op->find(name, &op));
  check(tg->eager->execute(op, inputs, y ? 2 : 1, NULL, 0, &out, &count));
  tg->tensor->release(x);
  tg->tensor->release(y);
  return out;
}

static tg_tensor* floats(int32_t rank, const int64_t* dims, const float* values, size_t count) {
  tg_tensor* out = NULL;
  check(tg->tensor->create_copy(TG_FLOAT32, rank, dims, values, count * sizeof(float), &out));
  return out;
}

static void print_text(void* context, const char* text, size_t size) { fwrite(text, 1, size, context); }

int main(void) {
  tg = tg_get_api(TG_ABI_MAJOR);
  if (tg == NULL) return 2;
  const float weights[6] = {1, -1, 2, -2, 3, -3}, one[1] = {1};
  tg_graph* graph = NULL;
  tg_tensor* x = NULL;
  tg_function* function = NULL;
  check(tg->graph->create("layer", &graph));
  check(tg->graph->enter(graph));
  check(tg->graph->add_input(graph, "x", TG_FLOAT32, 2, (int64_t[]){TG_DIM_UNKNOWN, 3}, &x));
  tg_tensor* w = floats(2, (int64_t[]){3, 2}, weights, 6);
  tg_tensor* y = call("relu", call("add", call("matmul", x, w), floats(0, NULL, one, 1)), NULL);
  check(tg->graph->leave());
  check(tg->function->create(graph, &y, 1, &function));
  tg->tensor->release(y);
  tg->graph->destroy(graph);
  check(tg->function->print(function, print_text, stdout));

  const float rows[6] = {1, 2, 3, -1, -2, -3};
  for (int64_t batch = 1; batch <= 2; ++batch) {
    tg_tensor *input = floats(2, (int64_t[]){batch, 3}, rows, (size_t)batch * 3), *output = NULL;
    check(tg->function->call(function, &input, 1, &output, 1));
    tg_tensor_desc result = {.struct_size = sizeof(result)};
    check(tg->tensor->describe(output, &result));
    const float* values = (const float*)((const char*)result.data + result.byte_offset);
    for (int64_t i = 0; i < batch * 2; ++i) printf("%g%c", values[i], i % 2 ? '\n' : ' ');
    tg->tensor->release(input);
    tg->tensor->release(output);
  }
  tg->function->release(function);
}
