// The incomplete gamma and beta functions. Prefactors are formed from deviances, which keeps them exact for large
// arguments: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
#include <math.h>

#include "kernels/special_math.h"

namespace tg::kernels::special {
namespace {

constexpr double kNan = __builtin_nan("");
constexpr double kInfinity = __builtin_inf();
constexpr double kPi = 3.14159265358979323846;
constexpr double kHalfLog2Pi = 0.91893853320467274178;
constexpr double kEuler = 0.57721566490153286061;
constexpr int kMaxTerms = 200000;

// A number with its first two derivatives with respect to `a`, so that series and continued fractions are
// differentiated as they are summed.
struct Jet {
  double v, d, dd;
  Jet(double value, double first = 0, double second = 0) : v(value), d(first), dd(second) {}
};
Jet operator+(Jet x, Jet y) { return {x.v + y.v, x.d + y.d, x.dd + y.dd}; }
Jet operator-(Jet x, Jet y) { return {x.v - y.v, x.d - y.d, x.dd - y.dd}; }
Jet operator*(Jet x, Jet y) { return {x.v * y.v, x.d * y.v + x.v * y.d, x.dd * y.v + 2 * x.d * y.d + x.v * y.dd}; }
Jet operator/(Jet x, Jet y) {
  const double v = x.v / y.v, d = (x.d - v * y.d) / y.v;
  return {v, d, (x.dd - 2 * d * y.d - v * y.dd) / y.v};
}
Jet chain(Jet x, double f, double f1, double f2) { return {f, f1 * x.d, f1 * x.dd + f2 * x.d * x.d}; }
Jet exponential(Jet x) { return chain(x, exp(x.v), exp(x.v), exp(x.v)); }
Jet root(Jet x) {
  const double r = sqrt(x.v);
  return chain(x, r, 0.5 / r, -0.25 / (r * x.v));
}
Jet complement(Jet x) {  // erfc
  const double slope = -1.12837916709551257390 * exp(-x.v * x.v);
  return chain(x, erfc(x.v), slope, -2 * x.v * slope);
}
double exponential(double x) { return exp(x); }
double root(double x) { return sqrt(x); }
double complement(double x) { return erfc(x); }
double value(double x) { return x; }
double value(Jet x) { return x.v; }
bool negligible(double part, double whole) { return fabs(part) <= 1e-17 * fabs(whole); }
bool negligible(Jet part, Jet whole) {
  return negligible(part.v, whole.v) && negligible(part.d, fabs(whole.d) + fabs(whole.v) * 1e-6) &&
         negligible(part.dd, fabs(whole.dd) + fabs(whole.v) * 1e-6);
}
bool is_one(double x) { return fabs(x - 1) < 4e-16; }
bool is_one(Jet x) { return is_one(x.v) && fabs(x.d) < 1e-17 && fabs(x.dd) < 1e-17; }

// x - log(1 + x)
double minus_log1p(double x) {
  if (fabs(x) > 0.4) return x - log1p(x);
  const double r = x / (2 + x), r2 = r * r;
  double power = 1, sum = 0;
  for (int k = 1; k < 40; ++k) {
    power *= r2;
    sum += power / (2 * k + 1);
    if (power < 1e-18 * sum) break;
  }
  return r * (x - 2 * sum);
}

// log(gamma(a + 1)) without Stirling's approximation of it.
double stirling_error(double a) {
  if (a < 16) return log_gamma(a + 1) - (a + 0.5) * log(a) + a - kHalfLog2Pi;
  const double t = 1 / (a * a);
  return (1.0 / 12 -
          t * (1.0 / 360 - t * (1.0 / 1260 - t * (1.0 / 1680 - t * (1.0 / 1188 - t * (691.0 / 360360)))))) /
         a;
}

// a log(a / x) + x - a
double deviance(double a, double x) {
  if (x < 0.5 * a) return a * log(a / x) + (x - a);  // the quotient below is too close to -1 there
  return a * minus_log1p((x - a) / a);
}

// x^a exp(-x) / gamma(a + 1)
double gamma_prefactor(double a, double x) {
  if (a < 1) return exp(a * log(x) - x - log_gamma(a + 1));
  return exp(-stirling_error(a) - deviance(a, x)) / sqrt(2 * kPi * a);
}
void prefactor(double a, double x, double* out) { *out = gamma_prefactor(a, x); }
void prefactor(Jet a, double x, Jet* out) {
  const double v = gamma_prefactor(a.v, x);
  const double slope = log(x) - digamma(a.v + 1);
  *out = Jet(v, v * slope, v * (slope * slope - zeta(2, a.v + 1)));
}

// log(gamma(1 + a)) for |a| <= 1/2: its Taylor series (DLMF 5.7.3).
double log_gamma_near_1(double a) {
  static constexpr double kZetaMinusOne[] = {
      0.64493406684822644,   0.20205690315959429,   0.082323233711138192,  0.036927755143369926, 0.01734306198444914,
      0.0083492773819228268, 0.0040773561979443394, 0.0020083928260822144, 0.00099457512781808534,
      0.00049418860411946456, 0.0002460865533080483, 0.00012271334757848915, 6.1248135058704829e-5,
      3.0588236307020494e-5, 1.5282259408651872e-5, 7.6371976378997623e-6, 3.8172932649998399e-6,
      1.9082127165539389e-6, 9.5396203387279611e-7, 4.7693298678780646e-7, 2.3845050272773299e-7,
      1.1921992596531107e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365041e-8};
  double sum = 0, power = -a;
  for (int k = 2; k < 27; ++k) {
    power *= -a;
    sum += kZetaMinusOne[k - 2] * power / k;
  }
  return -log1p(a) + a * (1 - kEuler) + sum;
}

// The upper function where the lower is close to 1 although x is small: DLMF 8.7.3 without its first terms.
double upper_by_series(double a, double x) {
  double term = 1, sum = 0;
  for (int k = 1; k < 100; ++k) {
    term *= -x / k;
    sum += term / (a + k);
    if (fabs(term) < 1e-17 * fabs(sum)) break;
  }
  const double log_gamma_1 = a <= 0.5 ? log_gamma_near_1(a) : log_gamma(1 + a);
  const double power = a * log(x) - log_gamma_1;
  return -expm1(power) - a * exp(power) * sum;
}

// N. M. Temme, "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10 (1979); DLMF 8.12.
template <class N>
bool asymptotic(N a, double x, N* out) {
  const N mu = (N(x) - a) / a;
  const bool lower = value(mu) < 0;
  *out = N(0.0);
  if (fabs(value(mu)) > 0.05) return lower;
  N series(0.0);  // 2 (mu - log(1 + mu)) / mu^2
  for (int k = 16; k >= 2; --k) series = N(2.0 / k) - mu * series;
  const N eta = mu * root(series);
  const N first = ((((N(1.0 / 25515) * eta - N(139.0 / 777600)) * eta + N(1.0 / 2835)) * eta + N(1.0 / 864)) * eta -
                   N(2.0 / 135)) * eta * eta + N(1.0 / 12) * eta - N(1.0 / 3);
  const N second = N(25.0 / 12096) * eta * eta - N(1.0 / 288) * eta - N(1.0 / 540);
  const N rest = (first + second / a) * exponential(N(-0.5) * a * eta * eta) / root(N(2 * kPi) * a);
  const N distance = eta * root(a * N(0.5));
  *out = lower ? N(0.5) * complement(N(0.0) - distance) - rest : N(0.5) * complement(distance) + rest;
  return lower;
}

// Sets either the lower or the upper function, whichever is computed without cancellation, and tells which.
template <class N>
bool lower_or_upper(N a, double x, N* out) {
  if (value(a) > 1e6) return asymptotic(a, x, out);
  N front(0.0);
  prefactor(a, x, &front);
  if (x < value(a) + 1) {  // DLMF 8.7.1
    N term(1.0), sum(1.0);
    for (int k = 1; k < kMaxTerms; ++k) {
      term = term * (N(x) / (a + N(k)));
      sum = sum + term;
      if (negligible(term, sum)) break;
    }
    *out = front * sum;
    return true;
  }
  // DLMF 8.9.2, evaluated as Lentz does.
  const double tiny = 1e-250;
  N b = N(x + 1) - a, c(1 / tiny), d = N(1.0) / b, h = d;
  for (int i = 1; i < kMaxTerms; ++i) {
    const N step_a = N(-i) * (N(i) - a);
    b = b + N(2.0);
    N bottom = step_a * d + b;
    if (fabs(value(bottom)) < tiny) bottom = bottom + N(tiny);
    d = N(1.0) / bottom;
    c = b + step_a / c;
    if (fabs(value(c)) < tiny) c = c + N(tiny);
    const N step = c * d;
    h = h * step;
    if (is_one(step)) break;
  }
  *out = front * a * h;
  return false;
}

bool outside(double a, double x) { return !(a > 0) || !(x >= 0); }

Jet lower_jet(double a, double x) {
  if (outside(a, x)) return {kNan, kNan, kNan};
  if (x == 0 || x == kInfinity || a == kInfinity) return {0, 0, 0};
  Jet result(0);
  if (lower_or_upper(Jet(a, 1), x, &result)) return result;
  return Jet(1) - result;
}

// x^a (1 - x)^b / B(a, b), with y = 1 - x
double beta_prefactor(double a, double b, double x, double y) {
  const double n = a + b;
  return exp(stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y)) *
         (sqrt(a / n) * sqrt(b) / sqrt(2 * kPi));
}

// The continued fraction for x below the mean (DLMF 8.17.22), evaluated as Lentz does.
double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (fabs(d) < tiny) d = tiny;
  d = 1 / d;
  double h = d;
  for (int m = 1; m < kMaxTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1) * (a + 2.0 * m));
    d = 1 + even * d;
    if (fabs(d) < tiny) d = tiny;
    c = 1 + even / c;
    if (fabs(c) < tiny) c = tiny;
    d = 1 / d;
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1));
    d = 1 + odd * d;
    if (fabs(d) < tiny) d = tiny;
    c = 1 + odd / c;
    if (fabs(c) < tiny) c = tiny;
    d = 1 / d;
    const double step = d * c;
    h *= step;
    if (is_one(step)) break;
  }
  return h;
}

}  // namespace

double igamma(double a, double x) {
  if (outside(a, x)) return kNan;
  if (x == 0) return 0;
  if (x == kInfinity) return a == kInfinity ? kNan : 1;
  if (a == kInfinity) return 0;
  double result;
  return lower_or_upper(a, x, &result) ? result : 1 - result;
}

double igammac(double a, double x) {
  if (outside(a, x)) return kNan;
  if (x == 0) return 1;
  if (x == kInfinity) return a == kInfinity ? kNan : 0;
  if (a == kInfinity) return 1;
  // Where the lower function is above a half.
  if (x <= 1.1 && (x <= 0.5 ? a <= -0.4 / log(x) : a <= 1.1 * x)) return upper_by_series(a, x);
  double result;
  return lower_or_upper(a, x, &result) ? 1 - result : result;
}

double igamma_grad_a(double a, double x) { return lower_jet(a, x).d; }
double igamma_grad_a2(double a, double x) { return lower_jet(a, x).dd; }

double betainc(double a, double b, double x) {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1) || a == kInfinity || b == kInfinity) return kNan;
  if (x == 0 || x == 1) return x;
  const double y = 1 - x;
  const double front = beta_prefactor(a, b, x, y);
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, y) / b;
}

}  // namespace tg::kernels::special
