#include <vector>

#include "ops/common.hpp"

namespace tg {
namespace {

void require_rows(const Dims& dims, const char* name) {
  if (dims.known_rank() && dims.rank() == 0)
    throw invalid_argument("TG-0103", std::string(name) + " must have at least 1 dimension",
                           std::string(name) + ".shape=()");
}

void infer(InferContext& c) {
  require_rows(c.dims(0), "input");
  c.set_output(0, c.dtype(0), c.dims(0));
  c.set_output(1, TG_INT32, c.dims(0));
}

// Neighbours that are out of order are pooled, until none are (M. Ayer et al., 1955).
template <class T>
void pool_violators(const T* x, int64_t n, T* y, int32_t* segments, std::vector<double>* sums,
                    std::vector<int64_t>* sizes) {
  sums->clear();
  sizes->clear();
  for (int64_t i = 0; i < n; ++i) {
    double sum = static_cast<double>(x[i]);
    int64_t size = 1;
    while (!sums->empty() && sums->back() / static_cast<double>(sizes->back()) <= sum / static_cast<double>(size)) {
      sum += sums->back();
      size += sizes->back();
      sums->pop_back();
      sizes->pop_back();
    }
    sums->push_back(sum);
    sizes->push_back(size);
  }
  for (size_t k = 0; k < sums->size(); ++k) {
    const T mean = static_cast<T>((*sums)[k] / static_cast<double>((*sizes)[k]));
    for (int64_t i = 0; i < (*sizes)[k]; ++i) {
      *y++ = mean;
      *segments++ = static_cast<int32_t>(k);
    }
  }
}

template <class T>
void run(KernelContext& c) {
  Dims dims = c.dims(0);
  int64_t n = dims[dims.rank() - 1], rows = product(dims, 0, dims.rank() - 1);
  std::vector<double> sums;
  std::vector<int64_t> sizes;
  for (int64_t row = 0; row < rows; ++row)
    pool_violators(c.input<T>(0) + row * n, n, c.output<T>(0) + row * n, c.output<int32_t>(1) + row * n, &sums, &sizes);
}

void kernel(KernelContext& c) {
  if (c.dtype(0) == TG_FLOAT32) run<float>(c);
  else run<double>(c);
}

void gradient(GradientContext& c) { c.set_gradient(0, call("segment_averages", {c.gradient(0), c.output(1)})); }

TG_OP("isotonic_regression(input: T) -> T, int32")
    .types("T: " TG_ALL_FLOATS)
    .summary("Finds the sequence that never rises and is nearest to the input, along the last axis.")
    .doc(R"(Args:
  input: a tensor of rank 1 or more; a floating dtype.

Returns:
  A tensor of the same shape and dtype, nearest in the sum of squares; and which elements were averaged: the number of
  its segment for each, int32.

Raises:
  InvalidArgumentError: the input is 0-d (TG-0103).

Source: M. Ayer et al., "An empirical distribution function for sampling with incomplete information", 1955.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [3.0, 1.0, 2.0, 5.0, 0.5]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 6]}]}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

void infer_averages(InferContext& c) {
  require_rows(c.dims(0), "input");
  if (!dims_compatible(c.dims(0), c.dims(1)))
    throw invalid_argument("TG-0105", "segments must have the shape of input",
                           "input.shape=" + c.dims(0).str() + ", segments.shape=" + c.dims(1).str());
  c.set_output(0, c.dtype(0), merge_dims(c.dims(0), c.dims(1)));
}

template <class T>
void average(KernelContext& c) {
  Dims dims = c.dims(0);
  int64_t n = dims[dims.rank() - 1], rows = product(dims, 0, dims.rank() - 1);
  const T* x = c.input<T>(0);
  const int32_t* segments = c.input<int32_t>(1);
  T* y = c.output<T>(0);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t first = row * n; first < (row + 1) * n;) {
      int64_t last = first;
      double sum = 0;
      for (; last < (row + 1) * n && segments[last] == segments[first]; ++last) sum += static_cast<double>(x[last]);
      const T mean = static_cast<T>(sum / static_cast<double>(last - first));
      for (; first < last; ++first) y[first] = mean;
    }
  }
}

void average_kernel(KernelContext& c) {
  if (c.dtype(0) == TG_FLOAT32) average<float>(c);
  else average<double>(c);
}

// Averaging is its own transpose.
void average_gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("segment_averages", {c.gradient(), c.input(1)}));
}

TG_OP("segment_averages(input: T, segments: int32) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Replaces each element by the mean of its segment, the neighbours with its number along the last axis.")
    .doc(R"(Args:
  input: a tensor of rank 1 or more; a floating dtype.
  segments: the number of its segment for each element, of the same shape; int32.

Returns:
  A tensor of the shape and dtype of `input`.

Raises:
  InvalidArgumentError: the input is 0-d (TG-0103), or the shapes differ (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 4]},
                      {"dtype": "int32", "value": [[0, 0, 1, 1], [0, 1, 1, 1]]}]}])")
    .infer<infer_averages>()
    .widened_kernel<average_kernel>()
    .gradient<average_gradient>();

}  // namespace
}  // namespace tg
