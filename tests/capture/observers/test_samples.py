"""Rows that are kept while a program runs."""

import numpy as np


def test_rows_come_with_their_targets_in_order(samples):
    found = samples(
        """
        for start in range(0, 100, 10):
            loss = criterion(model(x[start : start + 10]), y[start : start + 10])
            optimizer.zero_grad(); loss.backward(); optimizer.step()
        """,
    )
    assert found["site0/input"].shape == (100, 2)
    assert found["site0/input"][:, 0].tolist() == sorted(found["site0/input"][:, 0].tolist())
    assert np.array_equal(found["site0/target"], (found["site0/input"][:, 0] > 1).astype(int))
    assert found["site0/step"].max() == 9
    assert len(found["site0/labels"]) == 100


def test_targets_of_an_evaluation_by_comparison_and_by_loader(samples):
    found = samples(
        """
        loss = criterion(model(x), y); loss.backward(); optimizer.step()
        with torch.no_grad():
            (model(x).argmax(1) == y).float().mean()
            for a, b in DataLoader(TensorDataset(x, y), batch_size=25):
                model(a)
        """,
    )
    truth = (found["site0/input"][:, 0] > 1).astype(int)
    assert np.array_equal(found["site1/target"], truth)
    assert np.array_equal(found["site2/target"], truth)


def test_an_evaluation_keeps_what_came_since_the_last_update(samples):
    found = samples(
        """
        for epoch in range(3):
            loss = criterion(model(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step()
            with torch.no_grad():
                for part in x.split(50):
                    model(part)
        """,
    )
    assert found["site1/input"].shape == (100, 2)
    assert set(found["site1/step"]) == {3}


def test_rows_that_are_written_to_later_are_not_taken_for_what_they_were(samples):
    found = samples(
        """
        buffer = torch.zeros(10, 2)
        for start in range(0, 100, 10):
            buffer.copy_(x[start : start + 10])
            loss = criterion(model(buffer), y[start : start + 10])
            optimizer.zero_grad(); loss.backward(); optimizer.step()
        """,
    )
    kept, target = found["site0/input"], found["site0/target"]
    assert len(kept) >= 80
    assert np.array_equal(target, (kept[:, 0] > 1).astype(int))


def test_kept_rows_are_bounded(samples):
    found = samples(
        """
        wide = torch.rand(40, 1, 512, 512)
        net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 2))
        for step in range(6):
            loss = criterion(net(wide), y[:40]); loss.backward()
        """,
    )
    assert 0 < found["site0/input"].nbytes <= 24 << 20
    assert len(found["site0/input"]) == len(found["site0/target"])
