/* The ops of the lite profile. */
#include <string.h>

#include "internal.h"

extern const tgl_op tgl_op_argmax, tgl_op_avg_pool2d, tgl_op_cast, tgl_op_concat, tgl_op_conv2d, tgl_op_expand_dims,
    tgl_op_identity, tgl_op_log_softmax, tgl_op_matmul, tgl_op_max_pool2d, tgl_op_pad, tgl_op_reduce_max,
    tgl_op_reduce_mean, tgl_op_reduce_min, tgl_op_reduce_sum, tgl_op_reshape, tgl_op_softmax, tgl_op_squeeze,
    tgl_op_transpose;
extern const tgl_op tgl_ops_elementwise[];
extern const size_t tgl_num_ops_elementwise;

static const tgl_op* const kOps[] = {
    &tgl_op_argmax,     &tgl_op_avg_pool2d, &tgl_op_cast,       &tgl_op_concat,      &tgl_op_conv2d,
    &tgl_op_expand_dims, &tgl_op_identity,  &tgl_op_log_softmax, &tgl_op_matmul,     &tgl_op_max_pool2d,
    &tgl_op_pad,        &tgl_op_reduce_max, &tgl_op_reduce_mean, &tgl_op_reduce_min, &tgl_op_reduce_sum,
    &tgl_op_reshape,    &tgl_op_softmax,    &tgl_op_squeeze,    &tgl_op_transpose};

static bool is_named(const tgl_op* op, tgl_bytes name) {
  return strlen(op->name) == name.size && memcmp(op->name, name.data, name.size) == 0;
}

const tgl_op* tgl_find_op(tgl_bytes name) {
  for (size_t i = 0; i < sizeof(kOps) / sizeof(kOps[0]); ++i)
    if (is_named(kOps[i], name)) return kOps[i];
  for (size_t i = 0; i < tgl_num_ops_elementwise; ++i)
    if (is_named(&tgl_ops_elementwise[i], name)) return &tgl_ops_elementwise[i];
  return NULL;
}

int32_t tgl_supports_op(const char* name) {
  return strcmp(name, "constant") == 0 || tgl_find_op((tgl_bytes){(const uint8_t*)name, strlen(name)}) != NULL;
}
