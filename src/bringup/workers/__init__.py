"""Where work runs: processes that are forked from a warm one, side by side."""

from bringup.workers.warm import Job, Pool

__all__ = ["Job", "Pool"]
