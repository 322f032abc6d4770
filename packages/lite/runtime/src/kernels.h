/* The kernels that core and lite share, as C sees them. Single-threaded. */
#ifndef TENSEGRA_LITE_KERNELS_H_
#define TENSEGRA_LITE_KERNELS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tgk_conv {
  int64_t batch, in_h, in_w, in_c, out_h, out_w, out_c, k_h, k_w;
  int64_t stride_h, stride_w, dilation_h, dilation_w;
  int64_t pad_top, pad_bottom, pad_left, pad_right, groups;
} tgk_conv;

typedef struct tgk_pool {
  int64_t batch, in_h, in_w, channels, out_h, out_w, k_h, k_w, stride_h, stride_w;
  int64_t pad_top, pad_bottom, pad_left, pad_right;
} tgk_pool;

enum { TGK_VALID = 0, TGK_SAME = 1, TGK_EXPLICIT = 2 };

/* Sets the output sizes and, for SAME, the pads. False: the sizes are wrong. */
bool tgk_conv_set(tgk_conv* conv, int padding);
bool tgk_pool_set(tgk_pool* pool, int padding);

size_t tgk_conv2d_workspace(const tgk_conv* conv);
bool tgk_conv2d(const tgk_conv* conv, const float* x, const float* filter, float* y, void* workspace);
size_t tgk_conv2d_s8_workspace(const tgk_conv* conv);
bool tgk_conv2d_s8(const tgk_conv* conv, const int8_t* x, const int8_t* filter, int32_t* y, void* workspace);

size_t tgk_gemm_workspace(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k);
bool tgk_gemm(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const float* a, const float* b, float* c,
              void* workspace);
size_t tgk_gemm_s8_workspace(bool trans_b, int64_t m, int64_t n, int64_t k);
bool tgk_gemm_s8(bool trans_b, int64_t m, int64_t n, int64_t k, const int8_t* a, const int8_t* b, int32_t* c,
                 void* workspace);

void tgk_quantize_rows(const float* x, int64_t rows, int64_t n, int8_t* q, float* scales);
void tgk_dequantize(const int32_t* acc, int64_t rows, int64_t n, const float* row_scales, const float* column_scales,
                    float* y);

bool tgk_max_pool(const tgk_pool* pool, const float* x, float* y);
bool tgk_avg_pool(const tgk_pool* pool, const float* x, float* y);
bool tgk_softmax(const float* x, int64_t rows, int64_t n, float* y);
bool tgk_log_softmax(const float* x, int64_t rows, int64_t n, float* y);

/* Names of unary and binary ops as in core: "tanh", "multiply". False where there is no such kernel. */
bool tgk_has_unary(const char* name);
bool tgk_unary(const char* name, int32_t dtype, const void* x, void* y, int64_t n);
bool tgk_has_binary(const char* name);
/* False for shapes that do not broadcast. */
bool tgk_broadcast(const int64_t* x, int32_t x_rank, const int64_t* y, int32_t y_rank, int64_t* out, int32_t* out_rank);
bool tgk_binary(const char* name, int32_t dtype, const void* x, const int64_t* x_dims, int32_t x_rank, const void* y,
                const int64_t* y_dims, int32_t y_rank, void* out);
bool tgk_cast(int32_t from, int32_t to, const void* x, void* y, int64_t n);

enum { TGK_SUM = 0, TGK_MEAN = 1, TGK_MAX = 2, TGK_MIN = 3 };
size_t tgk_reduce_workspace(int op, const int64_t* dims, int32_t rank, uint32_t axis_mask);
bool tgk_reduce(int op, const float* x, const int64_t* dims, int32_t rank, uint32_t axis_mask, float* out,
                void* workspace);
bool tgk_argmax(const float* x, int64_t outer, int64_t n, int64_t inner, int32_t out_dtype, void* out);

/* Strides in bytes. */
void tgk_copy_strided(size_t item, const void* src, const int64_t* src_strides, void* dst, const int64_t* dst_strides,
                      const int64_t* dims, int32_t rank);

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_LITE_KERNELS_H_ */
