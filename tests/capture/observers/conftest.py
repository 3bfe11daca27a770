"""A small program whose rows are kept."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bringup.capture.session import Session

TRAIN = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.arange(200.0).reshape(100, 2) / 100
y = (x[:, 0] > 1).long()
model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
"""
Samples = Callable[..., dict[str, np.ndarray]]


@pytest.fixture
def samples(tmp_path: Path) -> Samples:
    """Run a program after `TRAIN`, with events at every step where it is `sleepless`; return the rows that were kept."""

    def run(program: str, *, sleepless: bool = False) -> dict[str, np.ndarray]:
        source, path = TRAIN + textwrap.dedent(program), tmp_path / "train.py"
        path.write_text(source)
        session = Session(root=tmp_path)
        session.sleepless = sleepless
        session.install()
        try:
            exec(compile(source, str(path), "exec"), {})
        finally:
            session.uninstall()
        assert session.troubles == {}
        return session.samples()

    return run
