// Detection of the instruction set.
#include "kernels/cpu.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace tg::kernels {
namespace {

Isa best_level() {
#if defined(__x86_64__) && defined(TG_KERNELS_ALL_ISA)
  __builtin_cpu_init();  // also asks whether the operating system saves the registers
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  if (!avx2) return Isa::kBaseline;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return avx512 ? Isa::kAvx512 : Isa::kAvx2;
#else
  return Isa::kBaseline;
#endif
}

Isa initial_level() {
  const Isa best = best_level();
  const char* wanted = getenv("TENSEGRA_ISA");
  if (wanted == nullptr) return best;
  Isa level = best;
  if (strcmp(wanted, "v2") == 0) level = Isa::kBaseline;
  if (strcmp(wanted, "v3") == 0) level = Isa::kAvx2;
  return level < best ? level : best;
}

int32_t current_level = 0;  // 0: not decided yet; racing threads decide alike

}  // namespace

Isa isa_level() {
  int32_t level = __atomic_load_n(&current_level, __ATOMIC_RELAXED);
  if (level == 0) {
    level = static_cast<int32_t>(initial_level());
    __atomic_store_n(&current_level, level, __ATOMIC_RELAXED);
  }
  return static_cast<Isa>(level);
}

const char* isa_name() {
#if defined(__x86_64__)
  switch (isa_level()) {
    case Isa::kAvx512:
      return "v4";
    case Isa::kAvx2:
      return "v3";
    default:
      return "v2";
  }
#else
  return "generic";
#endif
}

bool set_isa_level(Isa isa) {
  if (isa < Isa::kBaseline || isa > best_level()) return false;
  __atomic_store_n(&current_level, static_cast<int32_t>(isa), __ATOMIC_RELAXED);
  return true;
}

bool set_flush_denormals(bool on) {
#if defined(__x86_64__)
  const unsigned int mask = 0x8040;  // flush to zero, denormals are zero
  const unsigned int before = _mm_getcsr();
  _mm_setcsr(on ? before | mask : before & ~mask);
  return (before & mask) == mask;
#elif defined(__aarch64__)
  const uint64_t mask = uint64_t(1) << 24;
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  const uint64_t after = on ? before | mask : before & ~mask;
  __asm__ volatile("msr fpcr, %0" : : "r"(after));
  return (before & mask) != 0;
#else
  (void)on;
  return false;
#endif
}

}  // namespace tg::kernels
