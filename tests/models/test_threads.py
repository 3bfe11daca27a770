"""Small work runs on one thread, and the setting comes back."""

import pytest
import torch

from bringup.models.threads import one_thread


def test_threads_come_back():
    before = torch.get_num_threads()
    with one_thread(True):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
    with one_thread(False):
        assert torch.get_num_threads() == before
    with pytest.raises(RuntimeError), one_thread(True):
        raise RuntimeError("inside")
    assert torch.get_num_threads() == before
