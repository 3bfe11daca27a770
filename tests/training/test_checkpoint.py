"""Checkpoints: whole or not at all, never a pickle, and nothing is taken from a damaged one."""

import os

import pytest
import torch

from bringup.errors import BringupError
from bringup.models.network import MLP, initialise
from bringup.training.checkpoint import read_checkpoint, write_checkpoint

STATE = {"progress": {"epoch": 3, "best_loss": float("inf")}, "series": {"a": [[1, 0.1 + 0.2]]}}


def trained(inputs: int = 4, seed: int = 0):
    net = initialise(MLP(inputs, 2, hidden=(3,)), seed=seed)
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.1, fused=True)
    if seed == 0:
        net(torch.ones(2, inputs)).square().sum().backward()
        optimizer.step()
    return net, optimizer


@pytest.fixture
def written(tmp_path):
    net, optimizer = trained()
    path = tmp_path / "deep" / "point.safetensors"
    write_checkpoint(path, network=net, optimizer=optimizer, best=net.state_dict(), state=STATE)
    return path


def flat(optimizer):
    return {f"{i}.{n}": v for i, slots in optimizer.state_dict()["state"].items() for n, v in slots.items()}


def test_round_trip(written):
    (net, optimizer), (fresh, other) = trained(), trained(seed=1)
    best, state = read_checkpoint(written, network=fresh, optimizer=other) or ({}, {})
    assert state == STATE
    for name, value in net.state_dict().items():
        assert torch.equal(value, fresh.state_dict()[name])
        assert torch.equal(value, best[name])
    ours, theirs = flat(optimizer), flat(other)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_it_is_no_pickle_and_no_zip(written):
    content = written.read_bytes()
    assert content[8:9] == b"{"
    assert not content.startswith((b"\x80", b"PK"))


def untouched(path) -> bool:
    (net, optimizer), (as_made, _) = trained(seed=1), trained(seed=1)
    found = read_checkpoint(path, network=net, optimizer=optimizer)
    same = all(torch.equal(a, b) for a, b in zip(net.parameters(), as_made.parameters(), strict=True))
    return found is None and same and not optimizer.state_dict()["state"]


@pytest.mark.parametrize("where", [0, 3, 8, 20, 300, -1, -40])
def test_a_damaged_byte_starts_anew(written, where):
    content = bytearray(written.read_bytes())
    content[where] ^= 0x55
    written.write_bytes(bytes(content))
    assert untouched(written)


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 100, -1])
def test_a_truncated_file_starts_anew(written, kept):
    written.write_bytes(written.read_bytes()[:kept])
    assert untouched(written)


def test_a_folder_or_nothing_starts_anew(tmp_path):
    assert untouched(tmp_path)
    assert untouched(tmp_path / "none")


def test_another_network_starts_anew(written):
    net, optimizer = trained(inputs=7, seed=1)
    assert read_checkpoint(written, network=net, optimizer=optimizer) is None


def test_a_failing_write_keeps_the_old_one(written, monkeypatch):
    before = written.read_bytes()
    net, optimizer = trained(seed=1)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BringupError):
        write_checkpoint(written, network=net, optimizer=optimizer, best=net.state_dict(), state={})
    assert written.read_bytes() == before
    assert list(written.parent.iterdir()) == [written]
