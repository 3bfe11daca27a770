"""Trials in this process: run when asked for, once, and not after the time is up."""

import time

import torch
from torch import nn

from bringup.probes.trial.local import LocalTrials
from bringup.probes.trial.outcome import Outcome

RUNS: list[int] = []


def train() -> None:
    RUNS.append(1)
    torch.manual_seed(0)
    network = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(torch.ones(8, 4)), torch.zeros(8, dtype=torch.long)).backward()
        optimizer.step()


def test_a_trial_is_run_once_when_its_outcome_is_asked_for():
    RUNS.clear()
    trials = LocalTrials(train)
    trials.begin({}, steps=10, seconds=60)
    assert not RUNS
    first, second = (trials.begin({}, steps=20, seconds=60).result() for _ in range(2))
    assert first is second
    assert len(RUNS) == 1
    found = Outcome.model_validate(first)
    assert (found.ending, found.steps) == ("enough", 20)


def test_no_trial_is_run_after_the_time_is_up():
    RUNS.clear()
    trials = LocalTrials(train, until=time.monotonic() - 1)
    assert trials.begin({}, steps=10, seconds=60).result()["ending"] == "late"
    assert not RUNS
