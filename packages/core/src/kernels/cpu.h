// Which instruction set the kernels run with.
#ifndef TENSEGRA_KERNELS_CPU_H_
#define TENSEGRA_KERNELS_CPU_H_

#include <stdint.h>

namespace tg::kernels {

// x86-64 levels. Other processors have kBaseline only.
enum class Isa : int32_t { kBaseline = 2, kAvx2 = 3, kAvx512 = 4 };

// The best level that the processor, the operating system and the build offer; the environment variable
// TENSEGRA_ISA (v2, v3 or v4) lowers it. Decided at the first call.
Isa isa_level();

// "v2", "v3", "v4", or "generic" away from x86-64.
const char* isa_name();

// Lowers or restores the level for the process (tests compare levels with it). False, and no change, when the
// processor or the build does not offer that level. Not to be called while kernels run.
bool set_isa_level(Isa isa);

// Makes this thread treat denormal floats as zero, both as inputs and as results, or stops that. Returns the
// former state.
bool set_flush_denormals(bool on);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_CPU_H_
