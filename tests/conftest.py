"""What holds for all tests."""

import os
import signal

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")  # read once, when Keras is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run side by side: threads of each would wait for those of the others


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """A shell that starts the tests in the background lets them ignore Ctrl-C; those that send one must not wait for ever."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
