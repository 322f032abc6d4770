// Weighted sums of neighbours along one axis: resizing, one axis at a time.
#ifndef TENSEGRA_KERNELS_RESAMPLE_H_
#define TENSEGRA_KERNELS_RESAMPLE_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// Output element j along the axis is the sum over t < width of weights[j * width + t] times input element first[j] + t.
// Where a weight is 0 the element is not read.
struct Spans {
  int64_t in, out, width;
  const int64_t* first;
  const double* weights;
};

// x is [outer, in, inner], y [outer, out, inner]; float32 and float64.
Status resample(DType dtype, const Spans& spans, int64_t outer, int64_t inner, const void* x, void* y,
                const Parallel& parallel);
// The transpose: dy is [outer, out, inner], dx [outer, in, inner].
Status resample_grad(DType dtype, const Spans& spans, int64_t outer, int64_t inner, const void* dy, void* dx,
                     const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_RESAMPLE_H_
