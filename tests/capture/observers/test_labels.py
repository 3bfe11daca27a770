"""The targets of a training, kept for longer than its rows."""

import pytest
import torch

from bringup.capture.observers.kept import GATHERED, MOST_LABELS, Labels


def offered(*targets: torch.Tensor) -> Labels:
    labels = Labels()
    for target in targets:
        labels.offer(target)
    return labels


def test_they_come_back_in_order_with_their_calls():
    found = offered(*(torch.arange(call, call + 3) for call in range(2 * GATHERED + 1))).joined()
    assert found["labels"][:6].tolist() == [0, 1, 2, 1, 2, 3]
    assert found["label_call"][:6].tolist() == [0, 0, 0, 1, 1, 1]
    assert len(found["labels"]) == 3 * (2 * GATHERED + 1) == found["labels_seen"][0]


def test_a_column_is_a_row_of_numbers():
    found = offered(torch.tensor([[1.0], [2.0]]), torch.tensor([3.0])).joined()
    assert found["labels"].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("target", [torch.zeros(4, 2), torch.tensor(1.0), [1, 2], None])
def test_what_is_not_one_number_a_row_is_left_out(target):
    assert offered(target).joined() == {}


def test_targets_that_are_written_to_later_are_lost_rather_than_wrong():
    target = torch.zeros(4)
    labels = offered(target, torch.ones(4))
    target += 1
    assert labels.joined() == {}
    assert labels.full


def test_targets_of_inference_mode_are_kept():
    with torch.inference_mode():
        target = torch.zeros(4)
    assert offered(target).joined()["labels"].tolist() == [0.0] * 4


def test_a_target_with_a_gradient_is_not_kept_since_that_would_keep_its_graph():
    target = torch.zeros(4, requires_grad=True) * 2
    labels = Labels()
    assert not labels.offer(target)
    assert labels.waiting == []


def test_there_is_an_end():
    labels = offered(torch.zeros(MOST_LABELS), torch.zeros(1))
    assert len(labels.joined()["labels"]) == MOST_LABELS
    assert labels.full
    assert labels.joined()["labels_seen"][0] == MOST_LABELS + 1
