"""What is hooked in Keras, once it is imported.

On the torch backend layers are modules of torch and losses end in its backward pass, but Keras has calls, losses and
optimizers of its own, which torch's hooks do not see. They make the same events here. Shape inference and metrics run the same
code as a training does; they are kept quiet. On other backends only what Keras tells its callbacks can be seen.
"""

import functools
import sys
from typing import TYPE_CHECKING, Any

from bringup.capture.torch.patching import Patches

if TYPE_CHECKING:
    from bringup.capture.session import Session
    from bringup.capture.torch.boundaries import Watch


def watch(session: "Session") -> None:
    """Hook into Keras for a session."""
    backend = sys.modules["keras"].backend.backend()
    if backend != "torch":
        session.frameworks.append(f"keras on {backend}")
        from bringup.capture.keras import elsewhere

        patches = Patches()
        elsewhere.install(session, patches)
        session.undo.append(patches.undo)
        return
    session.frameworks.append("keras")
    if session.watch is not None:
        install(session.watch)


def install(watch: "Watch") -> None:
    """Hook into the torch backend; `session.uninstall` undoes it with the patches of torch."""
    from bringup.capture.keras import layers, losses, optimizers
    from bringup.capture.keras.caught import Caught

    watch.caught = Caught(watch.session)
    for boundary in (layers, losses, optimizers):
        boundary.install(watch)
    keep_quiet(watch)


def keep_quiet(watch: "Watch") -> None:
    """Make no events of shape inference and of metrics."""
    from keras import Metric, Model  # pyright: ignore[reportMissingImports]

    backend = sys.modules["keras.src.backend"]
    watch.patches.replace(backend, "compute_output_spec", lambda original: quiet(watch, original))
    for name in ("_symbolic_build", "compute_metrics"):
        watch.patches.replace(Model, name, lambda original: quiet(watch, original))
    for name in ("__call__", "__init__"):
        watch.patches.replace(Metric, name, lambda original: quiet(watch, original))


def quiet(watch: "Watch", original: Any) -> Any:
    """A function during which nothing is told."""

    @functools.wraps(original)
    def silent(*args: Any, **kwargs: Any) -> Any:
        with watch.quietly():
            return original(*args, **kwargs)

    return silent
