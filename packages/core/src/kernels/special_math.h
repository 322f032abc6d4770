// The special functions on single numbers; special.cc runs them over arrays.
#ifndef TENSEGRA_KERNELS_SPECIAL_MATH_H_
#define TENSEGRA_KERNELS_SPECIAL_MATH_H_

namespace tg::kernels::special {

// special_gamma.cc
double log_gamma(double x);  // of |gamma(x)|
double digamma(double x);
double zeta(double s, double q);
double polygamma(double n, double x);

// special_incomplete.cc
double igamma(double a, double x);
double igammac(double a, double x);
double igamma_grad_a(double a, double x);
double igamma_grad_a2(double a, double x);
double betainc(double a, double b, double x);

// special_bessel.cc
double bessel_i0(double x);
double bessel_i0e(double x);
double bessel_i1(double x);
double bessel_i1e(double x);
double bessel_k0(double x);
double bessel_k0e(double x);
double bessel_k1(double x);
double bessel_k1e(double x);

// special_integrals.cc
double erfinv(double x);
double erfcinv(double x);
double ndtri(double p);
double dawsn(double x);
double expint(double x);
double fresnel_cos(double x);
double fresnel_sin(double x);
double spence(double x);

// c[0] / 2 + sum of c[k] T_k(t), by Clenshaw's recurrence.
template <int n>
inline double chebyshev(const double (&c)[n], double t) {
  double b0 = 0, b1 = 0, b2 = 0;
  for (int k = n - 1; k >= 0; --k) {
    b2 = b1;
    b1 = b0;
    b0 = 2 * t * b1 - b2 + c[k];
  }
  return 0.5 * (b0 - b2);
}

}  // namespace tg::kernels::special

#endif  // TENSEGRA_KERNELS_SPECIAL_MATH_H_
