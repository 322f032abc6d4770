// Output sizes and pads of convolution and pooling. Compiled once.
#include "kernels/conv.h"
#include "kernels/pool.h"

namespace tg::kernels {
namespace {

bool out_size(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad, int64_t* out) {
  if (in < 0 || kernel < 1 || stride < 1 || dilation < 1 || pad < 0) return false;
  const int64_t room = in + pad - (kernel - 1) * dilation - 1;
  *out = room < 0 ? 0 : room / stride + 1;
  return true;
}

// TensorFlow's rule: as many outputs as strides fit, the odd pad at the end.
bool same_size(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t* out, int64_t* before,
               int64_t* after) {
  if (in < 0 || kernel < 1 || stride < 1 || dilation < 1) return false;
  *out = (in + stride - 1) / stride;
  const int64_t needed = (*out - 1) * stride + (kernel - 1) * dilation + 1 - in;
  const int64_t pad = *out == 0 || needed < 0 ? 0 : needed;
  *before = pad / 2;
  *after = pad - pad / 2;
  return true;
}

bool divides_into_groups(const Conv2D& c) {
  return c.batch >= 0 && c.in_c >= 0 && c.out_c >= 0 && c.groups >= 1 && c.in_c % c.groups == 0 &&
         c.out_c % c.groups == 0;
}

}  // namespace

bool conv2d_set_explicit(Conv2D* c) {
  return divides_into_groups(*c) && c->pad_top >= 0 && c->pad_left >= 0 && c->pad_bottom >= 0 &&
         c->pad_right >= 0 &&
         out_size(c->in_h, c->k_h, c->stride_h, c->dilation_h, c->pad_top + c->pad_bottom, &c->out_h) &&
         out_size(c->in_w, c->k_w, c->stride_w, c->dilation_w, c->pad_left + c->pad_right, &c->out_w);
}

bool conv2d_set_valid(Conv2D* c) {
  c->pad_top = c->pad_bottom = c->pad_left = c->pad_right = 0;
  return conv2d_set_explicit(c);
}

bool conv2d_set_same(Conv2D* c) {
  return divides_into_groups(*c) &&
         same_size(c->in_h, c->k_h, c->stride_h, c->dilation_h, &c->out_h, &c->pad_top, &c->pad_bottom) &&
         same_size(c->in_w, c->k_w, c->stride_w, c->dilation_w, &c->out_w, &c->pad_left, &c->pad_right);
}

bool pool2d_set_valid(Pool2D* p) {
  p->pad_top = p->pad_bottom = p->pad_left = p->pad_right = 0;
  return p->batch >= 0 && p->channels >= 0 && out_size(p->in_h, p->k_h, p->stride_h, 1, 0, &p->out_h) &&
         out_size(p->in_w, p->k_w, p->stride_w, 1, 0, &p->out_w);
}

bool pool2d_set_same(Pool2D* p) {
  return p->batch >= 0 && p->channels >= 0 &&
         same_size(p->in_h, p->k_h, p->stride_h, 1, &p->out_h, &p->pad_top, &p->pad_bottom) &&
         same_size(p->in_w, p->k_w, p->stride_w, 1, &p->out_w, &p->pad_left, &p->pad_right);
}

}  // namespace tg::kernels
