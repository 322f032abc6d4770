// Functions around the logarithm of the gamma function.
#include <math.h>

#include "kernels/special_math.h"

namespace tg::kernels::special {
namespace {

constexpr double kNan = __builtin_nan("");
constexpr double kInfinity = __builtin_inf();
constexpr double kPi = 3.14159265358979323846;

// Where digamma is 0, and its Taylor coefficients there; computed for this file with 40 digits.
constexpr double kRoot = 1.4616321449683622, kRootLow = 9.5499954299656977e-17;
constexpr double kAtRoot[] = {
    0.96767224544762117,     -0.44276316898359211,    0.25849976095565101,     -0.16394270544240653,
    0.10782405069126237,     -0.072199561256454711,   0.048804288164143107,    -0.033161126474847359,
    0.022597648232218105,    -0.015424765904948959,   0.010538791616612175,    -0.0072045343863568682,
    0.0049267813957298534,   -0.0033698016554393281,  0.0023051263267349278,   -0.0015769367714301973,
    0.0010788252019162966,   -0.00073807093899600513, 0.00050495326583460204,  -0.0003454680251063077,
    0.00023635601564027053,  -0.00016170622091974803, 0.00011063372768747411,  -7.5691795821950659e-5,
    5.1785757952220809e-5,   -3.5430070947659606e-5};

}  // namespace

double log_gamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

// Reflection below 0 (DLMF 5.5.4), recurrence up to 10, then the asymptotic series (DLMF 5.11.2).
double digamma(double x) {
  if (x <= 0) {
    if (x == 0) return copysign(kInfinity, -x);
    if (x == floor(x)) return kNan;
    return digamma(1 - x) - kPi / tan(kPi * (x - rint(x)));
  }
  const double from_root = (x - kRoot) - kRootLow;
  if (fabs(from_root) < 0.3) {
    double sum = 0;
    for (int k = 25; k >= 0; --k) sum = sum * from_root + kAtRoot[k];
    return sum * from_root;
  }
  double sum = 0;
  for (; x < 10; x += 1) sum += 1 / x;
  if (x > 1e17) return log(x);
  const double t = 1 / (x * x);
  const double tail =
      t * (1.0 / 12 -
           t * (1.0 / 120 -
                t * (1.0 / 252 - t * (1.0 / 240 - t * (1.0 / 132 - t * (691.0 / 32760 - t * (1.0 / 12)))))));
  return log(x) - 0.5 / x - tail - sum;
}

// Terms until the Euler-Maclaurin formula is exact (DLMF 25.11(iii)): its terms must fall, so that the first one left
// in the sum grows with s.
double zeta(double s, double q) {
  static constexpr double kTerms[] = {// Bernoulli numbers B(2k) / (2k)!
                                      0.083333333333333333333, -0.0013888888888888888889, 0.000033068783068783068783,
                                      -8.2671957671957671958e-7, 2.0876756987868098979e-8, -5.2841901386874931848e-10,
                                      1.3382536530684678833e-11, -3.3896802963225828668e-13, 8.5860620562778445641e-15,
                                      -2.174868698558061873e-16, 5.5090028283602295152e-18, -1.3954464685812523341e-19};
  if (s == 1) return kInfinity;
  if (!(s > 1) || q != q) return kNan;
  if (q <= 0) {
    if (q == floor(q)) return kInfinity;
    if (s != floor(s) || q < -1e6) return kNan;  // q far below 0 would take as many terms
  }
  if (q == kInfinity || s == kInfinity) return q > 1 ? 0.0 : (q == 1 ? 1.0 : kInfinity);
  const double enough = fmax(12.0, 0.75 * s);
  double sum = 0, term = 0;
  for (; q < enough; q += 1) {
    term = pow(q, -s);
    sum += term;
    if (q > 1 && fabs(term) <= 1e-17 * fabs(sum)) return sum;  // both may be 0
  }
  term = pow(q, -s);
  sum += term * q / (s - 1) + 0.5 * term;
  double factor = s;
  term /= q;
  for (int k = 0; k < 12; ++k) {
    const double part = factor * term * kTerms[k];
    sum += part;
    if (!(fabs(part) > 1e-17 * fabs(sum))) break;
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2);
    term /= q * q;
  }
  return sum;
}

// DLMF 25.11.12.
double polygamma(double n, double x) {
  if (!(n >= 0) || n != floor(n)) return kNan;
  if (n == 0) return digamma(x);
  const double z = zeta(n + 1, x);
  const double size = n < 170 ? tgamma(n + 1) * z : copysign(exp(log_gamma(n + 1) + log(fabs(z))), z);
  return fmod(n, 2) == 0 ? -size : size;
}

}  // namespace tg::kernels::special
