// Single draws from distributions that reject: gamma, Poisson, binomial, and a normal one between bounds; and the
// derivative of a gamma draw. Each draw reads a stream of its own, as far as it needs, as TensorFlow's CPU kernels do.
#ifndef TENSEGRA_KERNELS_RANDOM_SAMPLES_H_
#define TENSEGRA_KERNELS_RANDOM_SAMPLES_H_

#include "kernels/random.h"

namespace tg::kernels {

// Blocks set aside for each draw: draw i reads from block i * kBlocksOfDraw on.
constexpr uint64_t kBlocksOfDraw = 256;

// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. Scale 1; alpha > 0, else NaN.
double draw_gamma(Philox stream, double alpha);

// Up to a rate of 10 Knuth's product of uniform draws, above it Hormann's transformed rejection ("The transformed
// rejection method for generating Poisson random variables", 1993). Draws above `highest` are drawn again.
double draw_poisson(Philox stream, double rate, double highest);

// Geometric sums up to a mean of 10, above it Hormann's BTRS ("The generation of binomial random variates", 1993).
double draw_binomial(Philox stream, double count, double probability);

// A standard normal draw within [low, high], low < high (Robert, "Simulation of truncated normal variables", 1995).
double draw_normal_between(Philox stream, double low, double high);

// d draw / d alpha for a gamma draw held at its quantile (Figurnov, Mohamed, Mnih, "Implicit reparameterization
// gradients", 2018).
double gamma_draw_derivative(double alpha, double draw);

// Where `index` stands in the permutation of [0, max_index] that the key gives: rounds of the block cipher Simon
// (Beaulieu et al., "The Simon and Speck families of lightweight block ciphers", 2013), again until in range.
uint64_t shuffle_index(uint64_t index, const uint32_t key[3], uint64_t max_index, int32_t rounds);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_RANDOM_SAMPLES_H_
