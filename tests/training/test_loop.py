"""The loop: the same numbers for the same seed, and the same numbers after a kill."""

import math
from dataclasses import replace

import pytest
import torch

from bringup.models.network import MLP, initialise
from bringup.training import loop
from bringup.training.loop import Batches, make_optimizer, mix, train, update
from bringup.training.settings import TrainingSettings, batch_rows_for

cross_entropy = torch.nn.functional.cross_entropy
SETTINGS = TrainingSettings(learning_rate=3e-3, hidden=(16,), epochs=6, batch_rows=16, weight_decay=0.01)
INPUTS = torch.randn(150, 5, generator=torch.Generator().manual_seed(0))
LABELS = (INPUTS[:, 0] + 0.5 * torch.randn(150, generator=torch.Generator().manual_seed(1)) > 0).long()
TRAIN, VALID = (INPUTS[:100], LABELS[:100]), (INPUTS[100:], LABELS[100:])


def network(settings=SETTINGS, seed=0):
    return initialise(MLP(5, 2, hidden=settings.hidden, dropout=settings.dropout), seed=seed)


def run(settings=SETTINGS, *, seed=0, validation=VALID, loss=cross_entropy, data=TRAIN, **options):
    net = network(settings)
    batches = Batches(*data, rows=settings.batch_rows, seed=seed)
    watch, now = train(net, batches, loss, settings, validation=validation, **options)
    return net, watch, now


def same(one, other) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def ends_alike(one, other) -> bool:
    return same(one[0], other[0]) and one[1].series == other[1].series and one[2].best_epoch == other[2].best_epoch


def stop_after(epochs: int):
    def told(epoch: int, _: float) -> None:
        if epoch == epochs:
            raise KeyboardInterrupt

    return told


def test_the_same_seed_gives_the_same_weights():
    torch.manual_seed(1)
    first = run()
    torch.manual_seed(2)  # whatever else was drawn
    torch.rand(7)
    assert ends_alike(first, run())
    assert not same(first[0], run(seed=1)[0])


def test_training_leaves_the_global_random_state():
    settings = SETTINGS.model_copy(update={"dropout": 0.3})
    net = network(settings)
    state = torch.get_rng_state()
    train(net, Batches(*TRAIN, rows=16, seed=0), cross_entropy, settings, validation=VALID)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("epoch", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("change", [{}, {"dropout": 0.4}, {"accumulate": 3}, {"recompute": True, "dropout": 0.2}], ids=str)
def test_killed_at_any_epoch_it_ends_the_same(epoch, change, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    settings = SETTINGS.model_copy(update=change)
    unbroken = run(settings)
    path = tmp_path / "point.safetensors"
    with pytest.raises(KeyboardInterrupt):
        run(settings, checkpoint=path, on_epoch=stop_after(epoch))
    calls = []
    resumed = run(settings, checkpoint=path, on_epoch=lambda e, _: calls.append(e))
    assert calls == list(range(epoch + 1, 7))
    assert ends_alike(unbroken, resumed)
    assert ends_alike(unbroken, run(settings, checkpoint=path, on_epoch=stop_after(1)))  # finished: nothing is trained again


def test_killed_again_and_again(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    for epoch in range(1, 6):
        with pytest.raises(KeyboardInterrupt):
            run(checkpoint=tmp_path / "p", on_epoch=stop_after(epoch))
    assert ends_alike(run(), run(checkpoint=tmp_path / "p"))


def test_no_checkpoint_is_written_before_its_time(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(checkpoint=tmp_path / "p", on_epoch=stop_after(2))
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("accumulate", [2, 3, 5, 16, 40])
def test_accumulated_parts_give_the_update_of_the_whole(accumulate):
    nets = [network().double() for _ in range(2)]
    x_BD, y_B = INPUTS[:37].double(), LABELS[:37]
    for net, parts in zip(nets, (1, accumulate), strict=True):
        settings = SETTINGS.model_copy(update={"accumulate": parts})
        for parameter in net.parameters():
            parameter.grad = torch.ones_like(parameter)  # of another batch: it must not count
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        value = update(net, optimizer, cross_entropy_double, x_BD, y_B, settings)
        assert float(value) == pytest.approx(cross_entropy(network().double()(x_BD), y_B).item(), abs=1e-6)
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def cross_entropy_double(z, y):
    return cross_entropy(z.double(), y)


@pytest.mark.parametrize(
    "change", [{"precision": "bf16"}, {"recompute": True}, {"precision": "bf16", "recompute": True, "accumulate": 2}], ids=str
)
def test_narrow_and_frugal_paths_learn(change):
    plain, frugal = run(), run(SETTINGS.model_copy(update=change))
    assert all(value.dtype == torch.float32 for value in frugal[0].state_dict().values())
    ours, theirs = frugal[1].series["train/loss"][-1][1], plain[1].series["train/loss"][-1][1]
    assert ours == pytest.approx(theirs, rel=0.05)
    if change == {"recompute": True}:
        assert same(plain[0], frugal[0])


def test_early_stopping_keeps_the_best_weights():
    noise = torch.randint(0, 2, (100,), generator=torch.Generator().manual_seed(3))
    settings = SETTINGS.model_copy(update={"learning_rate": 0.02, "epochs": 60, "patience": 4})
    net, watch, now = run(settings, data=(TRAIN[0], noise))
    judged = [value for _, value in watch.series["validation/loss"]][1:]
    assert now.stopped_by == "patience"
    assert now.epoch == now.best_epoch + 4 == len(judged)
    assert judged[now.best_epoch - 1] == min(judged)
    assert loop.judge(net, cross_entropy, VALID) == min(judged)


def test_without_validation_the_last_weights_stay():
    net, watch, now = run(validation=None)
    assert now.stopped_by == "epochs"
    assert now.best_epoch == now.epoch == 6
    assert "validation/loss" not in watch.series
    assert not same(net, network())


@pytest.mark.parametrize("validation", [None, VALID])
def test_a_loss_that_breaks_ends_training_with_finite_weights(validation):
    x = TRAIN[0].clone()
    x[40] = math.nan
    net, watch, now = run(data=(x, TRAIN[1]), validation=validation)
    assert now.stopped_by == "diverged"
    assert now.epoch == 1
    assert math.isnan(watch.series["train/loss"][-1][1])
    assert all(value.isfinite().all() for value in net.state_dict().values())


def test_series_have_steps_and_sizes():
    _, watch, now = run()
    frozen = watch.frozen()
    assert now.step == 6 * 7  # a hundred rows are seven batches of 16 rows
    assert frozen["validation/loss"].steps == tuple(range(0, 43, 7))
    assert frozen["step/loss"].steps[:20] == tuple(range(1, 21))
    assert all(0 < ratio < 0.1 for ratio in frozen["update/ratio"].values)
    assert all(value > 0 for value in frozen["gradient/norm"].values)


@pytest.mark.parametrize(("count", "rows", "seen"), [(33, 16, 32), (33, 33, 33), (1, 16, 1), (3, 1, 3), (34, 16, 34)])
def test_every_row_is_seen_once_an_epoch(count, rows, seen):
    numbers = torch.arange(count)
    batches = Batches(numbers.float()[:, None], numbers, rows=rows, seed=4)
    found = torch.cat([y for _, y in batches.epoch(0)])
    assert len(found) == len(found.unique()) == seen
    assert all(torch.equal(x[:, 0].long(), y) for x, y in batches.epoch(1))


def test_epochs_are_shuffled_anew():
    batches = Batches(INPUTS, torch.arange(150), rows=150, seed=0)
    first, again, other = (next(batches.epoch(number))[1] for number in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, next(replace(batches, seed=1).epoch(0))[1])
    assert len({mix(seed, number) for seed in range(50) for number in range(50)}) == 2500


def test_evaluation_in_parts_is_the_same_and_keeps_the_mode():
    net = network(SETTINGS.model_copy(update={"dropout": 0.5})).train()
    assert torch.allclose(loop.evaluate(net, INPUTS, rows=7), loop.evaluate(net, INPUTS), atol=1e-6)
    assert net.training
    assert loop.evaluate(net, INPUTS[:0]).shape == (0, 2)


def test_weight_decay_is_decoupled():
    net = network()
    optimizer = make_optimizer(net, SETTINGS.model_copy(update={"weight_decay": 0.5}))
    assert isinstance(optimizer, torch.optim.AdamW)
    assert optimizer.param_groups[0]["weight_decay"] == 0.5


@pytest.mark.parametrize(("rows", "size"), [(10, 16), (5_000, 32), (30_000, 128), (10**7, 512)])
def test_batch_rows(rows, size):
    assert batch_rows_for(rows) == size


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_killed_on_a_gpu_it_ends_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    settings = SETTINGS.model_copy(update={"dropout": 0.3})

    def go(**options):
        net = network(settings).cuda()
        batches = Batches(TRAIN[0].cuda(), TRAIN[1].cuda(), rows=16, seed=0)
        return net, *train(net, batches, cross_entropy, settings, validation=(VALID[0].cuda(), VALID[1].cuda()), **options)

    unbroken = go()
    with pytest.raises(KeyboardInterrupt):
        go(checkpoint=tmp_path / "p", on_epoch=stop_after(3))
    assert ends_alike(unbroken, go(checkpoint=tmp_path / "p"))
