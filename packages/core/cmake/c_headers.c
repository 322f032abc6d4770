/* Compiled in developer builds only: the public C headers are C11. */
#include <tensegra/c/tensegra.h>

int tg_c_headers_compile(void);

int tg_c_headers_compile(void) { return 0; }
