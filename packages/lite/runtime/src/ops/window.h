/* Strides, windows and padding as attributes of two-dimensional NHWC ops give them. */
#ifndef TENSEGRA_LITE_WINDOW_H_
#define TENSEGRA_LITE_WINDOW_H_

#include <string.h>

#include "internal.h"
#include "kernels.h"

/* One number, [height, width] or [1, height, width, 1]; missing: ones. False: not positive, or too large. */
static inline bool tgl_pair(const tgl_node* node, const char* name, int64_t* h, int64_t* w) {
  int64_t v[4];
  int count = tgl_attr_ints(node, name, v, 4);
  *h = *w = 1;
  if (count == 1) *h = *w = v[0];
  if (count == 2) *h = v[0], *w = v[1];
  if (count == 4) *h = v[1], *w = v[2];
  return *h >= 1 && *w >= 1 && *h <= INT32_MAX && *w <= INT32_MAX;
}

/* -1: unknown. */
static inline int tgl_padding(const tgl_node* node) {
  char text[16];
  tgl_attr_string(node, "padding", "VALID", text, sizeof(text));
  if (strcmp(text, "VALID") == 0) return TGK_VALID;
  if (strcmp(text, "SAME") == 0) return TGK_SAME;
  if (strcmp(text, "EXPLICIT") == 0) return TGK_EXPLICIT;
  return -1;
}

#endif /* TENSEGRA_LITE_WINDOW_H_ */
