/* Loads a saved model and runs it on one row of numbers: run_model DIRECTORY 5.1 3.5 1.4 0.2
   cc -std=c11 run_model.c -I$T/include $T/libtensegra.so.0 -Wl,-rpath,$T -o run_model
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

int main(int argc, char** argv) {
  tg = tg_get_api(TG_ABI_MAJOR);
  if (tg == NULL || argc < 3) return 2;
  tg_model* model = NULL;
  size_t signature = 0;
  check(tg->model->load(argv[1], NULL, &model));
  check(tg->model->find_signature(model, "serving_default", &signature));

  void* row = NULL; /* a float32 tensor of shape [1, n], filled in place */
  tg_tensor *input = NULL, *output = NULL;
  check(tg->tensor->create(TG_FLOAT32, 2, (int64_t[]){1, argc - 2}, &row, &input));
  for (int i = 2; i < argc; ++i) ((float*)row)[i - 2] = strtof(argv[i], NULL);
  check(tg->model->run(model, signature, &input, 1, &output, 1));

  tg_tensor_desc result = {.struct_size = sizeof(result)};
  check(tg->tensor->describe(output, &result));
  const float* values = (const float*)((const char*)result.data + result.byte_offset);
  for (size_t i = 0; i < tg->tensor->byte_size(output) / sizeof(float); ++i) printf("%.9g\n", values[i]);
  tg->tensor->release(input);
  tg->tensor->release(output);
  tg->model->destroy(model);
}
