/* Tensegra C ABI: version. Part of the stable C interface; see docs/formats/c_abi.md. */
#ifndef TENSEGRA_C_VERSION_H_
#define TENSEGRA_C_VERSION_H_

/* Major: layout and meaning. 0 until out-of-tree users have proven the interface; then it freezes as 2. */
#define TG_ABI_MAJOR 0
/* Minor: grows when functions or fields are appended. */
#define TG_ABI_MINOR 3

#if defined(_WIN32)
#define TG_EXPORT __declspec(dllexport)
#define TG_LOCAL
#else
#define TG_EXPORT __attribute__((visibility("default")))
/* Each library has its own: two plug-ins in one process must not share it. */
#define TG_LOCAL __attribute__((visibility("hidden")))
#endif

#endif /* TENSEGRA_C_VERSION_H_ */
