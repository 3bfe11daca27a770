"""Whatever trials do to weights that a training reaches, those of the person's own modules are put back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def weights_put_back(*things: Any) -> Iterator[None]:
    """Put the parameters and buffers of modules of torch back at the end; other things are left alone.

    A loss may reach into the model that was handed over (a penalty on its weights), and a probe may train all that it reaches.
    """
    torch = sys.modules.get("torch")
    modules = [thing for thing in things if torch is not None and isinstance(thing, torch.nn.Module)]
    plain = [module for module in modules if not type(module).__module__.startswith("keras.")]
    held = [tensor for module in plain for tensor in (*module.parameters(), *module.buffers())]
    kept = [
        (tensor, tensor.detach().clone()) for tensor in held if torch is not None and not torch.nn.parameter.is_lazy(tensor)
    ]
    try:
        yield
    finally:
        for tensor, value in kept:
            tensor.data.copy_(value)
