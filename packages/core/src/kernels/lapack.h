// LAPACK from a shared library that is loaded when the first decomposition needs it. Nothing links to it.
#ifndef TENSEGRA_KERNELS_LAPACK_H_
#define TENSEGRA_KERNELS_LAPACK_H_

namespace tg::kernels {

// The address of a routine by its Fortran name without prefix and underscore ("dgetrf"), or null: the library could
// not be found or lacks it. The first call loads the library that the environment variable TENSEGRA_LAPACK names (the
// Python package sets it to the one of the wheel scipy-openblas32). Routines must take 32-bit integers; the symbols may
// carry the prefix "scipy_". OpenBLAS is told to use one thread: the caller spreads matrices over threads itself.
void* lapack_routine(const char* name);

// Why lapack_routine gave null, in a few words. A static string, or one that lives until the next failure.
const char* lapack_problem();

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_LAPACK_H_
