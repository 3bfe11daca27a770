"""The calls of modules inside of another."""

import torch
from torch import nn

from bringup.capture.torch.modules import is_simple
from bringup.capture.watching import Watching


def test_the_call_of_this_torch_is_the_one_whose_frame_is_saved():
    assert is_simple(nn.Module.__call__)
    assert not is_simple(lambda module, *args: None)
    assert not is_simple(len)


def test_a_part_that_is_compiled_is_called_by_what_was_compiled():
    network = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    network[0]._compiled_call_impl = lambda x: x + 1
    network[1].register_forward_hook(lambda module, args, output: output * 2)
    with Watching():
        assert network(torch.ones(1, 2)).tolist() == [[4.0, 4.0]]
