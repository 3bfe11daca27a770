"""What watching runs at each step, counted: times depend on the machine, the number of Python calls does not."""

import sys

import torch
from torch import nn
from torch.nn import functional

from bringup.capture.watching import Watching

BEGIN, COUNTED = 205, 90  # between two windows
MOST_TRAINING, MOST_JUDGING = 22, 17


class Program:
    """A small training, and calls that judge it."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.x_ND, self.y_N = torch.randn(32, 8), torch.randint(0, 3, (32,))
        self.network = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01)

    def train(self) -> None:
        """One step."""
        self.optimizer.zero_grad()
        functional.cross_entropy(self.network(self.x_ND), self.y_N).backward()
        self.optimizer.step()

    def judge(self) -> None:
        """One call without gradients."""
        with torch.no_grad():
            functional.cross_entropy(self.network(self.x_ND), self.y_N)


def calls(program: Program, judges: int = 0) -> float:
    """Python calls a step, or a call that judges, from step `BEGIN` on."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event == "call"

    for step in range(BEGIN + (0 if judges else COUNTED)):
        if step == BEGIN and not judges:
            sys.setprofile(note)
        program.train()
    for number in range(judges):
        if number == judges - COUNTED:
            sys.setprofile(note)
        program.judge()
    sys.setprofile(None)
    return count / COUNTED


def added(judges: int = 0) -> float:
    """By how many calls watching makes it more."""
    bare, program = calls(Program(), judges), Program()
    with Watching(optimizers=(program.optimizer,)):
        return calls(program, judges) - bare


def test_a_step_between_two_windows():
    assert added() <= MOST_TRAINING


def test_a_call_that_judges():
    assert added(judges=300) <= MOST_JUDGING
