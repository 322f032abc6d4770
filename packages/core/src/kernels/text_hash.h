// Hashes of byte strings whose values are published, so that buckets of strings are the same everywhere.
#ifndef TENSEGRA_KERNELS_TEXT_HASH_H_
#define TENSEGRA_KERNELS_TEXT_HASH_H_

#include <stddef.h>
#include <stdint.h>

namespace tg::kernels {

// FarmHash's Fingerprint64 (G. Pike, 2014), which does not change from release to release.
uint64_t fingerprint64(const char* data, size_t size);

// SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012).
uint64_t siphash(const uint64_t key[2], const char* data, size_t size);

// MurmurHash64A (A. Appleby, 2008).
uint64_t murmur64(uint64_t seed, const char* data, size_t size);

// CRC-32C (Castagnoli), as in RFC 3720.
uint32_t crc32c(const char* data, size_t size);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_TEXT_HASH_H_
