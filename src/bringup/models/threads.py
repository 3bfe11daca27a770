"""Threads: small work runs on one.

More gain nothing there, spin against each other on a busy machine, and change the last digits of sums.
"""

from collections.abc import Iterator
from contextlib import contextmanager

SMALL_NETWORK = 300_000_000  # multiplications of one step, forward and backward: some 20 ms on one core
SMALL_TABLE = 1_000_000  # cells


@contextmanager
def one_thread(small: bool) -> Iterator[None]:
    """Run torch and OpenMP on one thread where the work is small."""
    if not small:
        yield
        return
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)
