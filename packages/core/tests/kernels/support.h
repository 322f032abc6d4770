// What the tests of kernels share: checks that count failures, random numbers, threads, workspaces that notice what is
// written behind them.
#ifndef TENSEGRA_TESTS_KERNELS_SUPPORT_H_
#define TENSEGRA_TESTS_KERNELS_SUPPORT_H_

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "kernels/cpu.h"
#include "kernels/parallel.h"

namespace tg::kernels {

inline int failures = 0;

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::printf("%s:%d [%s] failed: %s\n", __FILE__, __LINE__, isa_name(), #condition); \
      ++failures;                                                                         \
    }                                                                                     \
  } while (false)

using Floats = std::vector<float>;
using Dims = std::vector<int64_t>;

inline std::mt19937 generator(7);

inline Floats random_floats(int64_t n, float low = -1, float high = 1) {
  std::uniform_real_distribution<float> draw(low, high);
  Floats x(n);
  for (float& v : x) v = draw(generator);
  return x;
}

inline std::vector<int8_t> random_bytes(int64_t n) {
  std::uniform_int_distribution<int> draw(-128, 127);
  std::vector<int8_t> x(n);
  for (int8_t& v : x) v = static_cast<int8_t>(draw(generator));
  return x;
}

// Even chunks on one thread, odd ones, in reverse, on another.
inline const Parallel kThreads{nullptr, [](void*, int64_t chunks, void (*fn)(void*, int64_t), void* arg) {
                          std::thread other([=] {
                            for (int64_t i = chunks - 1; i >= 0; --i) {
                              if (i % 2 == 1) fn(arg, i);
                            }
                          });
                          for (int64_t i = 0; i < chunks; i += 2) fn(arg, i);
                          other.join();
                        }};
inline const Parallel kSerial{};

struct Workspace {
  explicit Workspace(size_t bytes)
      : size(bytes), data(static_cast<char*>(std::aligned_alloc(64, (bytes + 191) / 64 * 64))) {
    std::memset(data, 0x5a, (bytes + 191) / 64 * 64);
  }
  ~Workspace() { std::free(data); }
  Workspace(const Workspace&) = delete;
  bool intact() const {
    return std::all_of(data + size, data + (size + 191) / 64 * 64, [](char c) { return c == 0x5a; });
  }
  size_t size;
  char* data;
};

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

inline bool close(const Floats& got, const std::vector<double>& want, double tolerance) {
  for (size_t i = 0; i < want.size(); ++i) {
    if (!(std::abs(got[i] - want[i]) <= tolerance * std::max(1.0, std::abs(want[i])))) return false;
  }
  return got.size() == want.size();
}

// Distance in units of the last place of the float32 nearest to `want`.
inline double ulps(float got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : 1e9;
  const float nearest = static_cast<float>(want);
  if (got == nearest) return 0;
  if (std::isinf(got) || std::isinf(nearest)) return 1e9;
  const float magnitude = std::max(std::abs(nearest), std::numeric_limits<float>::min());
  return std::abs(got - want) /
         (std::nextafter(magnitude, std::numeric_limits<float>::infinity()) - magnitude);
}

// products_test.cc
void test_gemm();
void test_epilogues();
void test_conv();

}  // namespace tg::kernels

#endif  // TENSEGRA_TESTS_KERNELS_SUPPORT_H_
