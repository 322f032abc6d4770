// Drawing class numbers, as TensorFlow's CPU kernel for multinomial samples does on one thread.
#ifndef TENSEGRA_OPS_CATEGORICAL_HPP_
#define TENSEGRA_OPS_CATEGORICAL_HPP_

#include <cstring>
#include <limits>

#include "ops/random/random.hpp"

namespace tg {

inline int64_t samples_attr(const Context& c) {
  int64_t samples = c.int_attr("num_samples");
  if (samples < 0)
    throw invalid_argument("TG-0109", "num_samples must not be negative", "num_samples=" + text_of(samples));
  return samples;
}

inline void infer_categorical(InferContext& c, size_t logits) {
  int dtype = c.dtype_attr("dtype");
  if (dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "dtype must be int32 or int64", std::string("dtype=") + dtype_name(dtype));
  Dims dims = c.dims(logits);
  require_rank(dims, 2, "logits");
  if (dims.known_rank() && dims[1] == 0)
    throw invalid_argument("TG-0124", "there must be at least one class", "logits.shape=" + dims.str());
  c.set_output(0, dtype, {dims.known_rank() ? dims[0] : TG_DIM_UNKNOWN, samples_attr(c)});
}

// Two words of the stream as a double in [1, 2), less 1.
class RandomDoubles {
 public:
  explicit RandomDoubles(kernels::Philox stream) : stream_(stream) {}
  double next() {
    uint32_t high = word() & 0xfffffu, low = word();
    uint64_t bits = uint64_t{1023} << 52 | uint64_t{high} << 32 | low;
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value - 1.0;
  }

 private:
  uint32_t word() {
    if (used_ == 4) {
      kernels::philox_next(&stream_, words_);
      used_ = 0;
    }
    return words_[used_++];
  }
  kernels::Philox stream_;
  uint32_t words_[4];
  int used_ = 4;
};

template <class T, class Out>
void draw_classes(const T* logits, int64_t rows, int64_t classes, int64_t samples, RandomDoubles random, Out* out) {
  std::vector<double> sums(static_cast<size_t>(classes));
  for (int64_t row = 0; row < rows; ++row, logits += classes) {
    T greatest = std::numeric_limits<T>::lowest();
    for (int64_t i = 0; i < classes; ++i)
      if (std::isfinite(logits[i])) greatest = std::max(greatest, logits[i]);
    double total = 0;
    for (int64_t i = 0; i < classes; ++i) {
      if (std::isfinite(logits[i])) total += std::exp(static_cast<double>(logits[i]) - static_cast<double>(greatest));
      sums[static_cast<size_t>(i)] = total;
    }
    for (int64_t i = 0; i < samples; ++i) {
      double wanted = random.next() * total;
      // Rounding may leave the last sum; the last class that can be drawn ends there.
      auto found = std::upper_bound(sums.begin(), sums.end(), wanted);
      *out++ = static_cast<Out>(std::min<int64_t>(found - sums.begin(), classes - 1));
    }
  }
}

inline void run_categorical(KernelContext& c, size_t input, kernels::Philox stream) {
  Dims dims = c.dims(input);
  int64_t samples = samples_attr(c);
  RandomDoubles random(stream);
  auto draw = [&](auto* out) {
    if (c.dtype(input) == TG_FLOAT32) draw_classes(c.input<float>(input), dims[0], dims[1], samples, random, out);
    else draw_classes(c.input<double>(input), dims[0], dims[1], samples, random, out);
  };
  if (c.dtype_attr("dtype") == TG_INT32) draw(c.output<int32_t>(0));
  else draw(c.output<int64_t>(0));
}

}  // namespace tg

#endif  // TENSEGRA_OPS_CATEGORICAL_HPP_
