// A caching allocator for tensor memory: 64-byte aligned, freed blocks are kept for reuse up to a limit. Small blocks
// are kept by each thread, so that the memory of small tensors costs no lock.
#ifndef TENSEGRA_BASE_ALLOCATOR_H_
#define TENSEGRA_BASE_ALLOCATOR_H_

#include <cstddef>
#include <cstdint>

namespace tg {

// Never NULL; throws Error TG-0119, which says what was asked for and what is held. 0 bytes is allowed.
void* allocate(size_t bytes);
void deallocate(void* data, size_t bytes) noexcept;

// The same for objects of the engine itself: not counted as memory of tensors, not limited.
void* allocate_object(size_t bytes);
void deallocate_object(void* data, size_t bytes) noexcept;

// Gives a class that is made and dropped by the million its memory from the cache of the thread.
template <class T>
struct Pooled {
  static void* operator new(size_t bytes) { return allocate_object(bytes); }
  static void* operator new(size_t, void* place) { return place; }
  static void operator delete(void* data, size_t bytes) { deallocate_object(data, bytes); }
};

struct MemoryInfo {
  int64_t current;
  int64_t peak;    // the highest so far; may miss what threads allocate in steps below 64 kB each
  int64_t cached;
  int64_t limit;   // what current and cached may reach together
};
MemoryInfo memory_info();
// peak becomes what is held now.
void reset_memory_peak();
// 0: the default, what the machine (or the control group) has. Throws TG-0601 where it is negative.
void set_memory_limit(int64_t bytes);
// Gives blocks that are cached by this thread and in common back to the system.
void trim_memory();

}  // namespace tg

#endif  // TENSEGRA_BASE_ALLOCATOR_H_
