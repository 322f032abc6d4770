// Discrete Fourier transforms of lines of an array.
#ifndef TENSEGRA_KERNELS_FFT_H_
#define TENSEGRA_KERNELS_FFT_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

enum class FftKind : int32_t {
  kComplex = 0,        // n complex numbers to n complex ones
  kRealToComplex = 1,  // n real numbers to the first n / 2 + 1 complex ones
  kComplexToReal = 2,  // those back to n real ones, as if the others were their conjugates
};

// y[o, k, i] = scale * sum over j of x[o, j, i] exp(-+ 2 pi sqrt(-1) j k / n), with plus if `inverse` (kRealToComplex
// has minus, kComplexToReal plus).
struct Fft {
  FftKind kind;
  DType dtype;  // of the real numbers: float32 or float64
  bool inverse;
  bool fold;  // kRealToComplex: terms that stand for two count twice; kComplexToReal: they count once
  bool real_spectrum;  // only the real parts of the complex numbers are there; not for kComplex
  double scale;
  int64_t n;            // of the transform; at least 1
  int64_t outer, inner;
  int64_t in_size, out_size;  // of the lines: what is missing counts as zeros, what is too much is left out
};

// Numbers on the side of x and of y that the transform itself has.
int64_t fft_in_length(const Fft& fft);
int64_t fft_out_length(const Fft& fft);

size_t fft_workspace_bytes(const Fft& fft);
Status fft(const Fft& fft, const void* x, void* y, const Parallel& parallel, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_FFT_H_
