// Ops whose every element is a draw from a stream of its own, with parameters that repeat.
#ifndef TENSEGRA_OPS_SAMPLES_HPP_
#define TENSEGRA_OPS_SAMPLES_HPP_

#include <limits>

#include "kernels/elementwise.h"
#include "kernels/random_samples.h"
#include "ops/random/random.hpp"

namespace tg {

// Input i, of any real dtype, as doubles.
inline std::vector<double> read_doubles(const KernelContext& c, size_t i) {
  std::vector<double> values(static_cast<size_t>(c.num_elements(i)));
  if (!values.empty())
    check_kernel(kernels::cast(kernel_dtype(c.dtype(i)), kernels::DType::kFloat64, c.input_data(i), values.data(),
                               static_cast<int64_t>(values.size()), c.parallel()),
                 c.dtype(i));
  return values;
}

// Runs f(begin, end) over [0, n) in chunks that depend on n alone.
template <class F>
void in_chunks(const KernelContext& c, int64_t n, int64_t grain, const F& f) {
  if (n <= 0) return;
  int64_t chunks = (n + grain - 1) / grain;
  auto run = [&](int64_t chunk) { f(chunk * grain, std::min(n, (chunk + 1) * grain)); };
  using Run = decltype(run);
  kernels::Parallel parallel = c.parallel();
  parallel.run(parallel.self, chunks, [](void* arg, int64_t chunk) { (*static_cast<Run*>(arg))(chunk); }, &run);
}

// `samples` draws for each of `count` parameters; a parameter's draws are numbered one after the other, and lie `count`
// apart. draw(stream, k) is one for parameter k.
template <class Draw>
void fill_samples(KernelContext& c, int dtype, const kernels::Philox& stream, int64_t count, int64_t samples,
                  const Draw& draw) {
  int64_t n = count * samples;
  std::vector<double> wide;
  double* out = nullptr;
  if (dtype == TG_FLOAT64) {
    out = c.output<double>(0);
  } else {
    wide.resize(static_cast<size_t>(n));
    out = wide.data();
  }
  in_chunks(c, n, 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      kernels::Philox at = stream;
      kernels::philox_skip(&at, static_cast<uint64_t>(i) * kernels::kBlocksOfDraw);
      out[i % samples * count + i / samples] = draw(at, i / samples);
    }
  });
  if (dtype != TG_FLOAT64 && n > 0)
    check_kernel(kernels::cast(kernels::DType::kFloat64, kernel_dtype(dtype), out, c.output_data(0), n, c.parallel()),
                 dtype);
}

// The greatest number of events that an output dtype holds.
inline double highest_of(int dtype) {
  switch (dtype) {
    case TG_INT32: return std::numeric_limits<int32_t>::max();
    case TG_INT64: return 9223372036854774784.0;
    case TG_FLOAT16: return 65504;
    case TG_FLOAT32: return std::numeric_limits<float>::max();
    case TG_BFLOAT16: return 3.38953139e38;
    default: return std::numeric_limits<double>::max();
  }
}

inline int count_attr_dtype(const Context& c) {
  int dtype = c.dtype_attr("dtype");
  if (dtype != TG_INT32 && dtype != TG_INT64 && !is_floating(dtype))
    throw invalid_argument("TG-0106", "dtype must be int32, int64 or a floating-point dtype",
                           std::string("dtype=") + dtype_name(dtype));
  return dtype;
}

// A shape that must end with that of the parameters; how many draws each parameter gets.
inline int64_t samples_of(const Dims& shape, const Dims& parameters, const char* name) {
  bool ends = parameters.rank() <= shape.rank();
  for (int i = 1; ends && i <= parameters.rank(); ++i)
    ends = parameters[parameters.rank() - i] == shape[shape.rank() - i];
  if (!ends)
    throw invalid_argument("TG-0105", std::string("shape must end with the shape of ") + name,
                           "shape=" + shape.str() + ", " + name + ".shape=" + parameters.str());
  return product(shape, 0, shape.rank() - parameters.rank());
}

// shape + parameters.shape
inline Dims joined(const Dims& shape, const Dims& parameters) {
  if (!shape.known_rank() || !parameters.known_rank()) return Dims::unknown_rank();
  Dims out = shape;
  for (int64_t size : parameters) out.push_back(size);
  return out;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_SAMPLES_HPP_
