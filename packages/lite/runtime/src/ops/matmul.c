/* matmul of two matrices: float32, or int8 where b is an int8 weight: each row of a has a scale of its own. */
#include "internal.h"
#include "kernels.h"

typedef struct sizes {
  bool ta, tb, int8;
  int64_t m, n, k;
} sizes;

static int read_sizes(tgl_call* call, sizes* s) {
  const tgl_value *a = call->inputs[0], *b = call->inputs[1];
  if (a->rank != 2 || b->rank != 2) return tgl_refuse(call, "a and b must be matrices");
  s->ta = tgl_attr_int(call->node, "transpose_a", 0) != 0;
  s->tb = tgl_attr_int(call->node, "transpose_b", 0) != 0;
  s->int8 = b->dtype == TGL_INT8;
  s->m = a->dims[s->ta], s->k = a->dims[!s->ta], s->n = b->dims[!s->tb];
  if (a->dtype != TGL_FLOAT32 || (!s->int8 && b->dtype != TGL_FLOAT32))
    return tgl_refuse(call, "a must be float32, b float32 or an int8 weight");
  if (s->k != b->dims[s->tb]) return tgl_refuse(call, "the inner sizes of a and b must be equal");
  if (s->int8 && (s->ta || !b->weight || !b->weight->num_scales || b->weight->axis != !s->tb || s->k >= 1 << 17))
    return tgl_refuse(call, "an int8 b must be a weight with a scale per column, and a not transposed");
  return 0;
}

static size_t part(size_t bytes) { return (bytes + 63) / 64 * 64; }

static int prepare(tgl_call* call) {
  sizes s;
  if (read_sizes(call, &s)) return -1;
  int64_t dims[2] = {s.m, s.n};
  if (tgl_set_type(call, call->outputs, TGL_FLOAT32, 2, dims)) return -1;
  call->arithmetic = s.int8 ? "int8" : "float32";
  call->scratch_bytes = s.int8 ? part((size_t)(s.m * s.k)) + part((size_t)s.m * sizeof(float)) +
                                     part((size_t)(s.m * s.n) * sizeof(int32_t)) +
                                     tgk_gemm_s8_workspace(s.tb, s.m, s.n, s.k)
                               : tgk_gemm_workspace(s.ta, s.tb, s.m, s.n, s.k);
  return 0;
}

static int run(tgl_call* call) {
  sizes s;
  if (read_sizes(call, &s)) return -1;
  const float* a = call->inputs[0]->data;
  const void* b = call->inputs[1]->data;
  float* c = call->outputs->data;
  bool ok;
  if (s.int8) {
    char* scratch = call->scratch;
    int8_t* q = (int8_t*)scratch;
    float* scales = (float*)(scratch + part((size_t)(s.m * s.k)));
    int32_t* sums = (int32_t*)((char*)scales + part((size_t)s.m * sizeof(float)));
    void* workspace = (char*)sums + part((size_t)(s.m * s.n) * sizeof(int32_t));
    tgk_quantize_rows(a, s.m, s.k, q, scales);
    ok = tgk_gemm_s8(s.tb, s.m, s.n, s.k, q, b, sums, workspace);
    if (ok) tgk_dequantize(sums, s.m, s.n, scales, call->inputs[1]->weight->scales, c);
  } else {
    ok = tgk_gemm(s.ta, s.tb, s.m, s.n, s.k, a, b, c, call->scratch);
  }
  return ok ? 0 : tgl_refuse(call, "the kernel failed");
}

const tgl_op tgl_op_matmul = {"matmul", 1, 2, 2, prepare, run};
