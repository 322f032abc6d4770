// Inverses of the error function, and functions defined by integrals.
#include <math.h>

#include "kernels/special_math.h"

namespace tg::kernels::special {
namespace {

constexpr double kNan = __builtin_nan("");
constexpr double kInfinity = __builtin_inf();
constexpr double kPi = 3.14159265358979323846;
constexpr double kEuler = 0.57721566490153286061;

// Chebyshev expansions, computed for this file with 40 digits. Dawson's integral D: D(x) / x in x^2 up to 1, D(x) up to
// 1.75, 2.5 and 4, then 2 x D(x) in 1 / x^2. Fresnel's auxiliary functions (DLMF 7.2(iv)) for x >= 1.6, in 1 / x^4:
// pi x f(x) and pi^2 x^3 g(x).
constexpr double kDawson1[] = {
    1.4936482656248541, -0.22940714796773869, 0.022130500939084764, -0.001549265453892985,
    8.4973277156849175e-5, -3.8282662709720149e-6, 1.4628548062501632e-7, -4.8519823818259918e-9,
    1.4214635777591398e-10, -3.7288360879205965e-12, 8.8549429617782034e-14, -1.9207571313502064e-15,
    3.8343258672463276e-17};
constexpr double kDawson2[] = {
    0.91279214224789663, -0.092685661006707676, -0.0073343921700214202, 0.0033795237404043968,
    -0.00030858984486785951, -1.5198467246193195e-5, 4.9039558224540094e-6, -2.1069105386292247e-7,
    -2.9306762206039962e-8, 3.3267900717740573e-9, 3.3355934576957692e-11, -2.2791040367210122e-11,
    7.8775616331563488e-13, 9.1731581671079745e-14, -7.3411756361028694e-15, -1.7633704441258439e-16,
    3.7929462985070642e-17};
constexpr double kDawson3[] = {
    0.56874223890971856, -0.067917741391668089, 0.0069552110593793843, -0.00027263665821468395,
    -6.5166824850879252e-5, 1.4043879115049352e-5, -1.1032885409460569e-6, -1.4221545972934048e-8,
    1.1027146643128396e-8, -8.6592115573835443e-10, -8.0485894439639653e-12, 6.0920617099963518e-12,
    -3.5809776112135192e-13, -1.085173558590138e-14, 2.4117079241753807e-15, -7.7607512946102588e-17,
    -6.7014901470317618e-18, 6.3501458407657489e-19};
constexpr double kDawson4[] = {
    0.3384245538512946, -0.045733832285806746, 0.0068206657361025921, -0.0011093167481222332,
    0.00018126442586947559, -2.5066243756889609e-5, 1.8109773021564827e-6, 3.2436156093939657e-7,
    -1.5330443903749451e-7, 3.0530183505397065e-8, -3.1436927042544152e-9, -6.5701775978199032e-11,
    8.4159472045236066e-11, -1.4204816347252261e-11, 8.0445287411824921e-13, 1.3021234293977023e-13,
    -3.3566869208686566e-14, 2.6797183689285042e-15, 1.5372763804176203e-16, -5.8741654419026571e-17,
    5.0198283314699617e-18};
constexpr double kDawsonLarge[] = {
    2.0338097127553141, 0.017366504556813916, 0.00048497280848354309, 2.52236479914538e-5,
    2.1329066292723539e-6, 2.7163195895814552e-7, 4.3420847131545968e-8, 5.7340210036105905e-9,
    -3.8026727860716402e-10, -6.1955609687904023e-10, -2.0588297521150185e-10, -1.2520712918919152e-11,
    1.7126264994892902e-11, 6.0660902961513186e-12, -5.0472366136185827e-13, -8.421209590881329e-13,
    -8.8622816532924766e-14, 9.8224205456824104e-14, 2.4717124845678068e-14, -1.1577466398033138e-14,
    -4.5654465896147172e-15, 1.5274298822028253e-15, 7.7030937671336235e-16, -2.3998641138565812e-16,
    -1.2626878300189145e-16, 4.4791199319459508e-17, 1.9975851660152992e-17, -9.3621365486449907e-18,
    -2.8726072886994427e-18, 2.0416454628210822e-18};
constexpr double kFresnelF[] = {
    1.9637947760512839, -0.016815761738886544, 0.0011111101131957286, -0.00014194845868748898,
    2.5733884626381269e-5, -5.8251821994682928e-6, 1.5407603655682865e-6, -4.5787487963028289e-7,
    1.4905494189550316e-7, -5.2236228548092798e-8, 1.9461303300745012e-8, -7.6360655467876853e-9,
    3.1327409020595134e-9, -1.336159449993398e-9, 5.8976093075782546e-10, -2.6837616466606878e-10,
    1.2551765589929496e-10, -6.017508171262957e-11, 2.9505853192869737e-11, -1.4768791920816598e-11,
    7.5336300881009235e-12, -3.9107058746131728e-12, 2.0632074362783088e-12, -1.1050371763181945e-12,
    6.0023413677157506e-13, -3.3035739893956088e-13, 1.8408411249383139e-13, -1.0377700207550254e-13,
    5.9149604426511086e-14, -3.4064956226093365e-14, 1.9812134174651057e-14, -1.1630661284318568e-14,
    6.8885432068678968e-15, -4.114491356329863e-15, 2.4774267172153197e-15, -1.5032255727841207e-15,
    9.1884095284285408e-16, -5.6560576469186097e-16, 3.5052447012769214e-16, -2.1864323543165306e-16,
    1.3723243090724835e-16, -8.6651736971731445e-17, 5.5030159093502886e-17, -3.5142791211890893e-17,
    2.2563064285674145e-17, -1.4561479753404064e-17, 9.4445719696308811e-18, -6.1553987698780279e-18,
    4.0304975740958674e-18, -2.651087986894213e-18};
constexpr double kFresnelG[] = {
    1.8442853432040988, -0.069062147630525529, 0.0072388902715370896, -0.0011996677016620888,
    0.00025965399187954891, -6.7143584979035098e-5, 1.9747752801728461e-5, -6.4086345874610636e-6,
    2.2490337230565424e-6, -8.415113603118139e-7, 3.3223826723856415e-7, -1.3732434958011088e-7,
    5.905977762853783e-8, -2.6300394622715025e-8, 1.2079205035254671e-8, -5.7029743026433217e-9,
    2.760359420331291e-9, -1.3665577383767001e-9, 6.9060732310098829e-10, -3.5566056591725695e-10,
    1.8637963502564721e-10, -9.9255814517633019e-11, 5.3655137868272156e-11, -2.941194091553944e-11,
    1.6334273488750103e-11, -9.1830552830722609e-12, 5.222378422953558e-12, -3.002314166813011e-12,
    1.7437729680647169e-12, -1.0226623661177922e-12, 6.0529354553484527e-13, -3.614033516041182e-13,
    2.1758432163296536e-13, -1.3203938433257e-13, 8.0735359179484512e-14, -4.972374638648035e-14,
    3.0836803017019206e-14, -1.925108759608092e-14, 1.2094976163842588e-14, -7.6455660146996582e-15,
    4.8614650796581195e-15, -3.1087226850074787e-15, 1.9987766812620987e-15, -1.2919019935366558e-15,
    8.3926337618117877e-16, -5.4789238771363921e-16, 3.5937637269107851e-16, -2.3680653978796371e-16,
    1.5673416433554666e-16, -1.0418327160885487e-16, 6.954035053392875e-17, -4.6603722622041932e-17,
    3.1353527691194219e-17, -2.1172020227372551e-17, 1.434679010087777e-17, -9.7526725707880557e-18,
    6.647084910009652e-18, -4.5377114901377743e-18, 3.0965470520904079e-18, -2.1037684855550141e-18};

template <int n>
double ratio(const double (&top)[n], const double (&bottom)[n], double x) {
  double a = top[n - 1], b = bottom[n - 1];
  for (int k = n - 2; k >= 0; --k) {
    a = a * x + top[k];
    b = b * x + bottom[k];
  }
  return a / b;
}

// The quantile of the normal distribution at 1/2 + q; tail is min(p, 1 - p), which may be known better than q.
// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988).
double normal_quantile(double q, double tail) {
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,  5.76949722146069140550e0,
                                 3.64784832476320460504e0,  1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  static constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  if (fabs(q) <= 0.425) return q * ratio(a, b, 0.180625 - q * q);
  if (!(tail > 0)) return tail == 0 ? copysign(kInfinity, q) : kNan;
  const double r = sqrt(-log(tail));
  return copysign(r <= 5 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5), q);
}

// The exponential integral E1(x), x >= 1, by its continued fraction (DLMF 6.9.1), evaluated as Lentz does.
double e1_fraction(double x) {
  double b = x + 1, c = 1e300, d = 1 / b, h = d;
  for (int i = 1; i < 200; ++i) {
    const double a = -static_cast<double>(i) * i;
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const double step = c * d;
    h *= step;
    if (fabs(step - 1) < 1e-16) break;
  }
  return h * exp(-x);
}

// sin and cos of pi x^2 / 2, reduced without loss.
void sine_and_cosine(double x, double* sine, double* cosine) {
  const double square = x * x;
  const double lost = fma(x, x, -square);
  const double turn = (fmod(square, 4.0) + lost) * (kPi / 2);
  *sine = sin(turn);
  *cosine = cos(turn);
}

}  // namespace

double ndtri(double p) {
  if (!(p >= 0 && p <= 1)) return kNan;
  return normal_quantile(p - 0.5, p < 0.5 ? p : 1 - p);
}

double erfinv(double x) {
  if (!(fabs(x) <= 1)) return kNan;
  return normal_quantile(x / 2, (1 - fabs(x)) / 2) * 0.70710678118654752440;
}

double erfcinv(double x) {
  if (!(x >= 0 && x <= 2)) return kNan;
  return normal_quantile((1 - x) / 2, x < 1 ? x / 2 : 1 - x / 2) * 0.70710678118654752440;
}

double dawsn(double x) {
  const double z = fabs(x);
  if (z <= 1) return x * chebyshev(kDawson1, 2 * z * z - 1);
  double y;
  if (z <= 1.75) {
    y = chebyshev(kDawson2, (2 * z - 2.75) / 0.75);
  } else if (z <= 2.5) {
    y = chebyshev(kDawson3, (2 * z - 4.25) / 0.75);
  } else if (z <= 4) {
    y = chebyshev(kDawson4, (2 * z - 6.5) / 1.5);
  } else {
    y = chebyshev(kDawsonLarge, 32 / z / z - 1) / (2 * z);
  }
  return x < 0 ? -y : y;
}

double expint(double x) {
  if (x == 0) return -kInfinity;
  if (x == -kInfinity) return 0;
  if (x <= -1) return -e1_fraction(-x);
  if (x <= 40) {  // DLMF 6.6.2; the terms are positive where x is
    double term = 1, sum = 0;
    for (int k = 1; k < 200; ++k) {
      term *= x / k;
      sum += term / k;
      if (fabs(term) < 1e-17 * k * fabs(sum)) break;
    }
    return kEuler + log(fabs(x)) + sum;
  }
  if (x == kInfinity) return x;
  double term = 1, sum = 1;  // DLMF 6.12.2; also for NaN
  for (int k = 1; k < 40; ++k) {
    term *= k / x;
    sum += term;
  }
  const double half = exp(x / 2);
  return half * (half * (sum / x));
}

// The power series (DLMF 7.6(i)) up to 1.6, then the auxiliary functions.
double fresnel_cos(double x) {
  const double z = fabs(x);
  double y;
  if (z < 1.6) {
    const double s = kPi / 2 * z * z, s2 = s * s;
    double term = 1, sum = 1;
    for (int k = 1; k < 30; ++k) {
      term *= -s2 / ((2 * k - 1) * (2 * k));
      sum += term / (4 * k + 1);
    }
    y = z * sum;
  } else if (z > 1e8) {
    y = z == z ? 0.5 : z;
  } else {
    const double t = 2 * (2.56 / z / z) * (2.56 / z / z) - 1;
    double sine, cosine;
    sine_and_cosine(z, &sine, &cosine);
    y = 0.5 + chebyshev(kFresnelF, t) / (kPi * z) * sine - chebyshev(kFresnelG, t) / (kPi * z) / (kPi * z * z) * cosine;
  }
  return x < 0 ? -y : y;
}

double fresnel_sin(double x) {
  const double z = fabs(x);
  double y;
  if (z < 1.6) {
    const double s = kPi / 2 * z * z, s2 = s * s;
    double term = s, sum = s / 3;
    for (int k = 1; k < 30; ++k) {
      term *= -s2 / ((2 * k) * (2 * k + 1));
      sum += term / (4 * k + 3);
    }
    y = z * sum;
  } else if (z > 1e8) {
    y = z == z ? 0.5 : z;
  } else {
    const double t = 2 * (2.56 / z / z) * (2.56 / z / z) - 1;
    double sine, cosine;
    sine_and_cosine(z, &sine, &cosine);
    y = 0.5 - chebyshev(kFresnelF, t) / (kPi * z) * cosine - chebyshev(kFresnelG, t) / (kPi * z) / (kPi * z * z) * sine;
  }
  return x < 0 ? -y : y;
}

// Reflected into [1/2, 2] (DLMF 25.12.4, 25.12.6), where a series in -log x with Bernoulli numbers converges fast.
double spence(double x) {
  static constexpr double kBernoulli[] = {
      0.027777777777777777778,  -0.00027777777777777777778, 4.7241118669690098262e-6,  -9.1857730746619635509e-8,
      1.8978869988970999072e-9, -4.0647616451442255268e-11, 8.9216910204564525552e-13, -1.9939295860721075687e-14,
      4.5189800296199181917e-16};
  if (!(x >= 0)) return kNan;
  if (x == kInfinity) return -kInfinity;
  if (x == 0) return kPi * kPi / 6;
  if (x < 0.5) return kPi * kPi / 6 - log(x) * log1p(-x) - spence(1 - x);
  if (x > 2) {
    const double l = log(x);
    return -spence(1 / x) - 0.5 * l * l;
  }
  const double u = -log(x), u2 = u * u;
  double sum = 0;
  for (int k = 8; k >= 0; --k) sum = sum * u2 + kBernoulli[k];
  return u * (1 - u / 4 + u2 * sum);
}

}  // namespace tg::kernels::special
