// A caching allocator for tensor memory: 64-byte aligned, freed blocks are kept for reuse up to a limit.
#ifndef TENSEGRA_BASE_ALLOCATOR_H_
#define TENSEGRA_BASE_ALLOCATOR_H_

#include <cstddef>
#include <cstdint>

namespace tg {

// Never NULL; throws Error TG-0119, which says what was asked for and what is held. 0 bytes is allowed.
void* allocate(size_t bytes);
void deallocate(void* data, size_t bytes) noexcept;

struct MemoryInfo {
  int64_t current;
  int64_t peak;
  int64_t cached;
};
MemoryInfo memory_info();

}  // namespace tg

#endif  // TENSEGRA_BASE_ALLOCATOR_H_
