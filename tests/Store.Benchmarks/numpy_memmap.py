#!/usr/bin/env python3
"""The store benchmark's peer: the same numbers as one numpy memmap, read in order and gathered at random into float32.

    python3 numpy_memmap.py FILE DTYPE WIDTH CHUNK GATHERED      prints rows a second: reading, gathering
"""
import sys
import time

import numpy as np

path, dtype, width, chunk, gathered = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
rows = np.memmap(path, dtype=dtype, mode="r").reshape(-1, width)
buffer = np.empty((chunk, width), np.float32)


def read():
    start = time.perf_counter()
    for first in range(0, len(rows), chunk):
        part = rows[first : first + chunk]
        buffer[: len(part)] = part
    return len(rows) / (time.perf_counter() - start)


def gather(repeats=20):
    random = np.random.default_rng(1)
    wanted = [random.integers(len(rows), size=gathered) for _ in range(repeats)]
    taken = np.empty((gathered, width), np.float32)
    start = time.perf_counter()
    for some in wanted:
        if rows.dtype == np.float32:
            np.take(rows, some, axis=0, out=taken, mode="clip")
        else:
            taken[:] = rows[some]
    return gathered * repeats / (time.perf_counter() - start)


# Once before it counts: pages are mapped, buffers are touched.
read(), gather(2)
print(f"{read():.1f} {gather():.1f}")
