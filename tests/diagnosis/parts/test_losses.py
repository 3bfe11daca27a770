"""The loss that is taken where none is handed over, and losses by name."""

import functools

import pytest
import torch
import torch.nn.functional as functions

from bringup.diagnosis.parts.losses import chosen, read_loss

SCORES_BC = torch.randn(6, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
CLASSES_B = torch.tensor([0, 1, 2, 0, 1, 2])
UNIT_BU = SCORES_BC[:, :1]
BITS_B = torch.tensor([0, 1, 1, 0, 1, 0])


@pytest.mark.parametrize(
    ("output", "target", "value"),
    [
        (SCORES_BC, CLASSES_B, functions.cross_entropy(SCORES_BC, CLASSES_B)),
        (SCORES_BC.log_softmax(1), CLASSES_B, functions.cross_entropy(SCORES_BC, CLASSES_B)),
        (SCORES_BC, functions.one_hot(CLASSES_B).float(), functions.cross_entropy(SCORES_BC, CLASSES_B)),
        (UNIT_BU, BITS_B, functions.binary_cross_entropy_with_logits(UNIT_BU[:, 0], BITS_B.float())),
        (UNIT_BU.sigmoid(), BITS_B.float(), functions.binary_cross_entropy_with_logits(UNIT_BU[:, 0], BITS_B.float())),
        (UNIT_BU, torch.arange(6.0), functions.mse_loss(UNIT_BU[:, 0], torch.arange(6.0))),
        (
            SCORES_BC.reshape(2, 3, 3),
            CLASSES_B.reshape(2, 3),
            functions.cross_entropy(SCORES_BC.reshape(2, 3, 3), CLASSES_B.reshape(2, 3)),
        ),
        (
            torch.cat([SCORES_BC, SCORES_BC]).reshape(3, 4, 3),
            torch.cat([CLASSES_B, CLASSES_B]).reshape(3, 4),
            functions.cross_entropy(SCORES_BC, CLASSES_B),
        ),
    ],
)
def test_the_usual_loss(output, target, value):
    assert chosen(output, target)(output, target).item() == pytest.approx(value.item(), rel=1e-5)


@pytest.mark.parametrize("loss", ["cross_entropy", functions.cross_entropy, functools.partial(functions.cross_entropy)])
def test_a_loss_of_torch_is_looked_up_at_each_call(loss, monkeypatch):
    read = read_loss(loss)
    monkeypatch.setattr(functions, "cross_entropy", lambda *_: 7)
    assert read is not None
    assert read(SCORES_BC, CLASSES_B) == 7


def test_options_of_a_partial_are_kept():
    read = read_loss(functools.partial(functions.cross_entropy, label_smoothing=0.3))
    assert read is not None
    assert torch.equal(read(SCORES_BC, CLASSES_B), functions.cross_entropy(SCORES_BC, CLASSES_B, label_smoothing=0.3))
