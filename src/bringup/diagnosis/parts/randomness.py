"""The random generators of this process: seeded for a training, and put back after it. Loads nothing that is not loaded."""

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

SEEDS = 2**32  # that numpy takes


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the generators of Python, numpy and torch in the block, and put them back after it.

    Those of devices on which nothing was computed yet are left alone: to read them would start the device.
    """
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    cuda = torch is not None and torch.cuda.is_initialized()
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        random.seed(seed)
        if numpy is not None:
            stack.callback(numpy.random.set_state, numpy.random.get_state())
            numpy.random.seed(seed % SEEDS)
        if torch is not None:
            stack.callback(torch.set_rng_state, torch.get_rng_state())
            torch.default_generator.manual_seed(seed)
        if torch is not None and cuda:
            stack.callback(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all())
            torch.cuda.manual_seed_all(seed)
        yield
