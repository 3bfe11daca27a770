"""bringup: the debugging recipe for machine learning, made executable.

`import bringup` is free: it loads neither torch nor scikit-learn. The functions below are loaded at their first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

if TYPE_CHECKING:
    from bringup.api import plan, predict, run
    from bringup.notebook import check, watch

LAZY = {
    "run": "bringup.api",
    "plan": "bringup.api",
    "predict": "bringup.api",
    "check": "bringup.notebook",
    "watch": "bringup.notebook",
}

__all__ = ["__version__", "check", "plan", "predict", "run", "watch"]


def __getattr__(name: str) -> Any:
    if name in LAZY:
        return getattr(import_module(LAZY[name]), name)
    raise AttributeError(f"module 'bringup' has no attribute {name!r}")
