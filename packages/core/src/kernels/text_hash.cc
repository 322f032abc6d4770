#include "kernels/text_hash.h"

#include <string.h>

namespace tg::kernels {
namespace {

constexpr uint64_t k0 = 0xc3a5c85c97cb3127u, k1 = 0xb492b66fbe98f273u, k2 = 0x9ae16a3b2f90404fu;

struct Pair {
  uint64_t first, second;
};

uint64_t load64(const char* p) {
  uint64_t value;
  memcpy(&value, p, sizeof(value));
  return value;
}
uint64_t load32(const char* p) {
  uint32_t value;
  memcpy(&value, p, sizeof(value));
  return value;
}
uint64_t right(uint64_t x, int by) { return by == 0 ? x : x >> by | x << (64 - by); }
uint64_t left(uint64_t x, int by) { return x << by | x >> (64 - by); }
uint64_t fold(uint64_t x) { return x ^ x >> 47; }

uint64_t mix(uint64_t u, uint64_t v, uint64_t factor) {
  const uint64_t a = fold((u ^ v) * factor);
  return fold((v ^ a) * factor) * factor;
}

uint64_t upto16(const char* s, size_t n) {
  const uint64_t factor = k2 + n * 2;
  if (n >= 8) {
    const uint64_t a = load64(s) + k2, b = load64(s + n - 8);
    return mix(right(b, 37) * factor + a, (right(a, 25) + b) * factor, factor);
  }
  if (n >= 4) return mix(n + (load32(s) << 3), load32(s + n - 4), factor);
  if (n > 0) {
    auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(s[i])); };
    const uint32_t y = byte(0) + (byte(n >> 1) << 8), z = static_cast<uint32_t>(n) + (byte(n - 1) << 2);
    return fold(y * k2 ^ z * k0) * k2;
  }
  return k2;
}

// The first part of what longer strings share.
struct Ends {
  uint64_t factor, a, b, c, y, z;
  Ends(const char* s, size_t n, uint64_t k) : factor(k2 + n * 2), a(load64(s) * k), b(load64(s + 8)) {
    c = load64(s + n - 8) * factor;
    y = right(a + b, 43) + right(c, 30) + load64(s + n - 16) * k2;
    z = mix(y, a + right(b + k2, 18) + c, factor);
  }
};

uint64_t upto64(const char* s, size_t n) {
  const Ends ends(s, n, k2);
  const uint64_t e = load64(s + 16) * ends.factor, f = load64(s + 24);
  const uint64_t g = (ends.y + load64(s + n - 32)) * ends.factor, h = (ends.z + load64(s + n - 24)) * ends.factor;
  return mix(right(e + f, 43) + right(g, 30) + h, e + right(f + ends.a, 18) + g, ends.factor);
}

Pair weak(const char* s, uint64_t a, uint64_t b) {
  const uint64_t z = load64(s + 24);
  a += load64(s);
  b = right(b + a + z, 21);
  const uint64_t c = a;
  a += load64(s + 8);
  a += load64(s + 16);
  b += right(a, 44);
  return {a + z, b + c};
}

}  // namespace

uint64_t fingerprint64(const char* s, size_t n) {
  if (n <= 16) return upto16(s, n);
  if (n <= 32) return Ends(s, n, k1).z;
  if (n <= 64) return upto64(s, n);
  constexpr uint64_t seed = 81;
  uint64_t x = seed, y = seed * k1 + 113, z = fold(y * k2 + 113) * k2;
  Pair v{0, 0}, w{0, 0};
  x = x * k2 + load64(s);
  const char* end = s + (n - 1) / 64 * 64;
  const char* last = end + ((n - 1) & 63) - 63;
  auto round = [&](uint64_t factor, uint64_t nine) {
    x = right(x + y + v.first + load64(s + 8), 37) * factor;
    y = right(y + v.second + load64(s + 48), 42) * factor;
    x ^= w.second * nine;
    y += v.first * nine + load64(s + 40);
    z = right(z + w.first, 33) * factor;
    v = weak(s, v.second * factor, x + w.first);
    w = weak(s + 32, z + w.second, y + load64(s + 16));
    const uint64_t swapped = z;
    z = x;
    x = swapped;
  };
  do {
    round(k1, 1);
    s += 64;
  } while (s != end);
  const uint64_t factor = k1 + ((z & 0xff) << 1);
  s = last;
  w.first += (n - 1) & 63;
  v.first += w.first;
  w.first += v.first;
  round(factor, 9);
  return mix(mix(v.first, w.first, factor) + fold(y) * k0 + z, mix(v.second, w.second, factor) + x, factor);
}

uint64_t siphash(const uint64_t key[2], const char* data, size_t size) {
  uint64_t v0 = key[0] ^ 0x736f6d6570736575u, v1 = key[1] ^ 0x646f72616e646f6du;
  uint64_t v2 = key[0] ^ 0x6c7967656e657261u, v3 = key[1] ^ 0x7465646279746573u;
  auto round = [&] {
    v0 += v1;
    v1 = left(v1, 13) ^ v0;
    v0 = left(v0, 32);
    v2 += v3;
    v3 = left(v3, 16) ^ v2;
    v0 += v3;
    v3 = left(v3, 21) ^ v0;
    v2 += v1;
    v1 = left(v1, 17) ^ v2;
    v2 = left(v2, 32);
  };
  auto take = [&](uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  };
  size_t i = 0;
  for (; i + 8 <= size; i += 8) take(load64(data + i));
  uint64_t rest = static_cast<uint64_t>(size) << 56;
  for (size_t k = 0; i + k < size; ++k) rest |= static_cast<uint64_t>(static_cast<uint8_t>(data[i + k])) << (8 * k);
  take(rest);
  v2 ^= 0xff;
  for (int k = 0; k < 4; ++k) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

uint64_t murmur64(uint64_t seed, const char* data, size_t size) {
  constexpr uint64_t m = 0xc6a4a7935bd1e995u;
  uint64_t h = seed ^ (size * m);
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t k = load64(data + i) * m;
    k = (k ^ k >> 47) * m;
    h = (h ^ k) * m;
  }
  if (i < size) {
    for (size_t k = size - i; k-- > 0;) h ^= static_cast<uint64_t>(static_cast<uint8_t>(data[i + k])) << (8 * k);
    h *= m;
  }
  h = (h ^ h >> 47) * m;
  return h ^ h >> 47;
}

uint32_t crc32c(const char* data, size_t size) {
  struct Table {
    uint32_t entries[256];
    constexpr Table() : entries() {
      for (uint32_t i = 0; i < 256; ++i) {
        uint32_t value = i;
        for (int k = 0; k < 8; ++k) value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0u);
        entries[i] = value;
      }
    }
  };
  static constexpr Table table;
  uint32_t crc = ~0u;
  for (size_t i = 0; i < size; ++i) crc = crc >> 8 ^ table.entries[(crc ^ static_cast<uint8_t>(data[i])) & 255];
  return ~crc;
}

}  // namespace tg::kernels
