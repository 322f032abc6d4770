// Which elements along an axis, and with what weights, make up each element of a resized axis.
#ifndef TENSEGRA_OPS_IMAGE_SPANS_HPP_
#define TENSEGRA_OPS_IMAGE_SPANS_HPP_

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/resample.h"
#include "ops/common.hpp"

namespace tg {

inline void require_same_rank(const Dims& x, const Dims& y) {
  if (x.known_rank() && y.known_rank() && x.rank() != y.rank())
    throw invalid_argument("TG-0103", "both tensors must have the same rank",
                           "shapes " + x.str() + " and " + y.str());
}

// The attributes of resample and resample_grad.
struct Resampling {
  explicit Resampling(const Context& c)
      : method(c.string_attr("method")),
        align_corners(c.bool_attr("align_corners")),
        half_pixel_centers(c.bool_attr("half_pixel_centers")),
        antialias(c.bool_attr("antialias")) {
    if (align_corners && half_pixel_centers)
      throw invalid_argument("TG-0620", "align_corners and half_pixel_centers exclude each other", "both true");
  }
  std::string method;
  bool align_corners;
  bool half_pixel_centers;
  bool antialias;
};

// Half the width of a kernel in elements of the input, and its value at a distance.
template <class Real>
struct Filter {
  Real radius;
  Real (*at)(Real x);
};

template <class Real>
Real sinc_window(Real x, Real radius) {
  if (x > radius) return 0;
  if (x <= Real(1e-3)) return 1;
  const Real pi = Real(3.14159265358979323846);
  return radius * std::sin(pi * x) * std::sin(pi * x / radius) / (pi * pi * x * x);
}

// Keys' cubic convolution (R. Keys, 1981) with a = -0.5; Mitchell and Netravali's with B = C = 1/3 (1988).
template <class Real>
Filter<Real> filter_of(const std::string& method) {
  if (method == "bilinear") return {1, [](Real x) { return x < 1 ? 1 - x : Real(0); }};
  if (method == "lanczos3") return {3, [](Real x) { return sinc_window<Real>(x, 3); }};
  if (method == "lanczos5") return {5, [](Real x) { return sinc_window<Real>(x, 5); }};
  if (method == "gaussian") return {Real(1.5), [](Real x) { return x >= Real(1.5) ? Real(0) : std::exp(-x * x * 2); }};
  if (method == "bicubic")
    return {2, [](Real x) {
              if (x >= 2) return Real(0);
              return x >= 1 ? ((-Real(0.5) * x + Real(2.5)) * x - 4) * x + 2 : ((Real(1.5) * x - Real(2.5)) * x) * x + 1;
            }};
  if (method == "mitchellcubic")
    return {2, [](Real x) {
              if (x >= 2) return Real(0);
              return x >= 1 ? (((-Real(7) / 18) * x + 2) * x - Real(10) / 3) * x + Real(16) / 9
                            : (((Real(7) / 6) * x - 2) * x) * x + Real(8) / 9;
            }};
  throw invalid_argument("TG-0106",
                         "method must be bilinear, bicubic, area, lanczos3, lanczos5, gaussian or mitchellcubic",
                         "method=" + method);
}

// Computed in the precision of the image.
template <class Real>
class SpanTable {
 public:
  SpanTable(const Resampling& how, int64_t in, int64_t out) : in_(in), out_(out), first_(out) {
    if (in == 0 || out == 0) return;
    if (how.method == "area") {
      area(how);
    } else if (how.method == "bicubic" && !how.antialias) {
      cubic(how);
    } else if (how.method == "bilinear" && !how.antialias) {
      linear(how);
    } else {
      filtered(filter_of<Real>(how.method), how);
    }
  }
  kernels::Spans view() const { return {in_, out_, width_, first_.data(), weights_.data()}; }

 private:
  Real scale(bool align_corners) const {
    return align_corners && out_ > 1 ? static_cast<Real>(in_ - 1) / static_cast<Real>(out_ - 1)
                                     : static_cast<Real>(in_) / static_cast<Real>(out_);
  }
  void set_width(int64_t width) {
    width_ = std::min(width, in_);
    weights_.assign(static_cast<size_t>(out_ * width_), Real(0));
  }
  // Adds to the weight of one element; what lies outside of the axis counts for its border.
  void add(int64_t j, int64_t element, Real weight) {
    element = std::clamp<int64_t>(element, 0, in_ - 1);
    weights_[static_cast<size_t>(j * width_ + element - first_[j])] += weight;
  }
  void start(int64_t j, int64_t element) { first_[j] = std::clamp<int64_t>(element, 0, in_ - width_); }

  void linear(const Resampling& how) {
    set_width(2);
    for (int64_t j = 0; j < out_; ++j) {
      const Real step = scale(how.align_corners);
      const Real at = how.half_pixel_centers ? (static_cast<Real>(j) + Real(0.5)) * step - Real(0.5) : static_cast<Real>(j) * step;
      const int64_t low = static_cast<int64_t>(std::floor(at));
      const Real share = at - static_cast<Real>(low);
      start(j, low);
      add(j, low, 1 - share);
      add(j, low + 1, share);
    }
  }

  // Four neighbours with weights at 1/1024 of an element. With half-pixel centres a = -0.5 and what lies outside does
  // not count; else a = -0.75 and the border repeats.
  void cubic(const Resampling& how) {
    set_width(4);
    const Real a = how.half_pixel_centers ? -Real(0.5) : -Real(0.75);
    for (int64_t j = 0; j < out_; ++j) {
      const Real step = scale(how.align_corners);
      const Real at = how.half_pixel_centers ? (static_cast<Real>(j) + Real(0.5)) * step - Real(0.5) : static_cast<Real>(j) * step;
      const int64_t low = static_cast<int64_t>(std::floor(at));
      const Real x = std::nearbyint((at - static_cast<Real>(low)) * 1024) / 1024;
      const auto near = [a](Real x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
      const auto far = [a](Real x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
      Real weights[4] = {far(x + 1), near(x), near(1 - x), far(2 - x)};
      if (how.half_pixel_centers) {
        Real sum = 0;
        for (int t = 0; t < 4; ++t) {
          if (low - 1 + t < 0 || low - 1 + t >= in_) weights[t] = 0;
          sum += weights[t];
        }
        if (std::fabs(sum) >= Real(1e-35))
          for (Real& weight : weights) weight /= sum;
      }
      start(j, low - 1);
      for (int t = 0; t < 4; ++t) add(j, low - 1 + t, weights[t]);
    }
  }

  // Each output element is the mean of the part of the axis that it covers.
  void area(const Resampling& how) {
    const Real step = scale(how.align_corners);
    set_width(static_cast<int64_t>(std::ceil(step)) + 2);
    for (int64_t j = 0; j < out_; ++j) {
      const Real from = static_cast<Real>(j) * step, to = static_cast<Real>(j + 1) * step;
      const int64_t low = static_cast<int64_t>(std::floor(from)), high = static_cast<int64_t>(std::ceil(to));
      start(j, low);
      for (int64_t i = low; i < high; ++i) {
        const Real left = std::max(from, static_cast<Real>(i)), right = std::min(to, static_cast<Real>(i + 1));
        add(j, i, (right - left) / step);
      }
    }
  }

  // A kernel around the centre of each output element, as wide as the output's elements where it is made smaller.
  void filtered(const Filter<Real>& filter, const Resampling& how) {
    const Real step = 1 / (static_cast<Real>(out_) / static_cast<Real>(in_));
    const Real spread = how.antialias ? std::max(step, Real(1)) : 1.f;
    const Real reach = filter.radius * spread, inverse = 1 / spread;
    set_width(2 * static_cast<int64_t>(std::ceil(reach)) + 1);
    for (int64_t j = 0; j < out_; ++j) {
      const Real at = (static_cast<Real>(j) + Real(0.5)) * step;
      const int64_t low = std::max<int64_t>(0, static_cast<int64_t>(std::ceil(at - reach - Real(0.5))));
      const int64_t high = std::min<int64_t>(in_ - 1, static_cast<int64_t>(std::floor(at + reach - Real(0.5))));
      start(j, low);
      Real sum = 0;
      std::vector<Real> weights;
      for (int64_t i = low; i <= high; ++i) {
        weights.push_back(filter.at(std::fabs((static_cast<Real>(i) + Real(0.5) - at) * inverse)));
        sum += weights.back();
      }
      if (std::fabs(sum) < Real(1e-35)) continue;
      for (int64_t i = low; i <= high; ++i) add(j, i, weights[static_cast<size_t>(i - low)] / sum);
    }
  }

  int64_t in_, out_, width_ = 0;
  std::vector<int64_t> first_;
  std::vector<double> weights_;
};

}  // namespace tg

#endif  // TENSEGRA_OPS_IMAGE_SPANS_HPP_
