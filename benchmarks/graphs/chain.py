"""gelu(a * b + c) * d over 16 M floats, beside a loop written by hand in C with the same traffic, and PyTorch."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import tensegra as tg

from ..environments import Unavailable, python_of
from ..options import Options
from ..timing import measure
from ..workers import counted, said_json

WORKER = Path(__file__).parent / "systems" / "chain_worker.py"
COLUMNS = ("loop_ms", "tensegra_ms", "ratio", "torch_eager_ms", "torch_compiled_ms")
BAR = 1.25
ELEMENTS = 1 << 24
# gelu is v * sigmoid(2 u); the exponential by Taylor's series around the nearest power of two, within 2e-7.
SOURCE = r"""
#include <immintrin.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
static inline float exp_of(float x) {
  x = x > 87.0f ? 87.0f : x < -87.0f ? -87.0f : x;
  const float n = nearbyintf(x * 1.44269504f), r = x - n * 0.693147181f;
  const float p = 1 + r * (1 + r * (0.5f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f))))));
  const int bits = ((int)n + 127) << 23;
  float scale;
  memcpy(&scale, &bits, sizeof(scale));
  return p * scale;
}
typedef struct { const float *a, *b, *c, *d; float* y; long from, to; } Part;
static void* work(void* arg) {
  Part* t = (Part*)arg;
  for (long i = t->from; i < t->to; i += 256) {
    float tile[256];
    for (int j = 0; j < 256; ++j) {
      const float v = t->a[i + j] * t->b[i + j] + t->c[i + j];
      const float u = 0.7978845608f * (v + 0.044715f * v * v * v);
      tile[j] = v / (1.0f + exp_of(-2 * u)) * t->d[i + j];
    }
    for (int j = 0; j < 256; j += 8) _mm256_stream_ps(t->y + i + j, _mm256_loadu_ps(tile + j));
  }
  _mm_sfence();
  return 0;
}
void chain(const float* a, const float* b, const float* c, const float* d, float* y, long n, int threads) {
  pthread_t other[64];
  Part parts[64];
  for (int k = 0; k < threads; ++k)
    parts[k] = (Part){a, b, c, d, y, n / threads * k, n / threads * (k + 1)};
  for (int k = 1; k < threads; ++k) pthread_create(&other[k], 0, work, &parts[k]);
  work(&parts[0]);
  for (int k = 1; k < threads; ++k) pthread_join(other[k], 0);
}
"""


def run(console: Console, options: Options) -> dict[str, Any]:
    """Measures on each number of threads; the loop is left out where no C compiler or no AVX2 is."""
    record: dict[str, Any] = {}
    table = Table(
        "threads", title=f"gelu(a*b+c)*d, 16 M floats (bar: {BAR} times the loop, faster than PyTorch's)"
    )
    for head in ("loop in C ms", "tensegra ms", "beside the loop", "torch eager ms", "torch compiled ms"):
        table.add_column(head, justify="right")
    loop = compiled_loop(Path("build/bench"))
    for threads in options.threads:
        tg.config.threading.set_intra_op_parallelism_threads(threads)
        found: dict[str, Any] = dict(measured(loop, ELEMENTS, threads, options.seconds))
        try:
            with console.status(f"chain, {counted(threads)}: torch"):
                found |= by_torch(ELEMENTS, threads, options)
        except Unavailable as reason:
            found["skipped"] = str(reason)
            console.print(f"SKIPPED torch: {reason}", markup=False)
        record[counted(threads)] = found
        cells = [f"{found[key]:.2f}" if key in found else "SKIPPED" for key in COLUMNS]
        table.add_row(str(threads), *cells)
    tg.config.threading.set_intra_op_parallelism_threads(0)
    console.print(table)
    if loop is None:
        console.print("SKIPPED the loop: no C compiler that builds it")
    return record


def by_torch(elements: int, threads: int, options: Options) -> dict[str, float]:
    """Milliseconds of PyTorch, eager and compiled, in a process of its own.

    Raises:
        Unavailable: There is no PyTorch.
    """
    command = [python_of("torch"), str(WORKER), str(elements), str(threads), str(options.seconds)]
    try:
        return said_json(subprocess.run(command, capture_output=True, text=True, timeout=options.cap))
    except (OSError, subprocess.TimeoutExpired) as reason:
        raise Unavailable(str(reason)) from reason


def measured(loop: Any, elements: int, threads: int, seconds: float) -> dict[str, float]:
    """Milliseconds of both, taking turns, once their results agree."""
    random = np.random.default_rng(0)
    arrays = [random.normal(size=elements).astype("float32") for _ in range(4)]
    tensors = [tg.constant(array) for array in arrays]
    call = tg.function(lambda a, b, c, d: tg.nn.gelu(a * b + c, approximate=True) * d)
    memory = np.empty(elements + 16, np.float32)
    skip = -memory.ctypes.data % 32 // 4
    y = memory[skip : skip + elements]  # streaming stores are aligned
    systems: dict[str, Any] = {"tensegra": lambda: call(*tensors)}
    if loop:
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (*arrays, y)]
        systems["loop"] = lambda: loop(*pointers, ctypes.c_long(elements), threads)
        systems["loop"]()
        np.testing.assert_allclose(call(*tensors).numpy(), y, rtol=1e-3, atol=1e-4)
    found = {f"{name}_ms": figure.least * 1e3 for name, figure in measure(systems, seconds).items()}
    return {**found, "ratio": found["tensegra_ms"] / found["loop_ms"]} if loop else found


def compiled_loop(place: Path) -> Any:
    """The loop as a function of C; None where it cannot be built."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    place.mkdir(parents=True, exist_ok=True)
    source, library = place / "chain.c", place / "chain.so"
    source.write_text(SOURCE)
    flags = ["-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC", "-pthread"]
    done = subprocess.run([compiler, *flags, str(source), "-o", str(library)], capture_output=True)
    return ctypes.CDLL(str(library.resolve())).chain if done.returncode == 0 else None
