"""Published figures in our units, in their order of worth, held against ours fairly."""

import csv
import math
import subprocess
import sys
from importlib.resources import files

import pytest

from bringup.comparison.beside import KINDS, Protocol, beside, protocol_difference, select, tolerance
from bringup.comparison.known_results import WORTH, KnownResult, known_results
from bringup.comparison.statistics import Interval

OFFICIAL = Protocol(test_rows=16281, given=True)


def adult(model: str, metric_kind: str | None = None) -> KnownResult:
    return next(r for r in known_results("Adult", "classification") if r.model == model and metric_kind in (None, r.kind))


def filled(dataset: str, task: str, metric: str, ours: dict[str, float], protocol: Protocol, *, half: float = 0.005):
    intervals = {name: Interval(value - half, value, value + half) for name, value in ours.items()}
    return beside(known_results(dataset, task), metric=metric, ours=ours, intervals=intervals, protocol=protocol)


def test_the_registry_ships_and_every_row_has_a_known_kind():
    content = files("bringup.comparison").joinpath("known_results.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(content.splitlines()))
    assert len(rows) == 608
    assert {row["kind"] for row in rows} == set(WORTH)


def test_figures_are_in_our_units():
    assert adult("mlp (tuned)").value == 0.85218
    assert adult("mlp (tuned)").std == 0.00192
    assert adult("C4.5").value == pytest.approx(1 - 0.1554)  # published as an error in percent
    assert adult("mlp_caret").value == pytest.approx(0.853)  # published in percent
    gun = {r.model: r for r in known_results("GunPoint", "classification")}
    assert all(0 < r.value <= 1 for r in gun.values())
    assert {r.metric for r in known_results("Concrete strength", "regression")} == {"rmse"}
    assert {r.metric for r in known_results("Hitters (ISLP)", "regression")} == {"mae"}


def test_the_order_is_that_of_worth_and_the_best_first():
    results = known_results("Adult", "classification")
    ranks = [WORTH.index(result.kind) for result in results]
    assert ranks == sorted(ranks)
    assert results[0].model == "ft_transformer (tuned)"
    benchmark = [result.value for result in results if result.kind == "benchmark"]
    assert benchmark == sorted(benchmark, reverse=True)
    errors = [r.value for r in known_results("Concrete strength", "regression") if r.kind == "paper"]
    assert errors == sorted(errors)


def test_another_task_or_an_unknown_data_set_has_no_results():
    assert known_results("Adult", "regression") == ()
    assert known_results("no such data", "classification") == ()


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("mlp (tuned)", "mlp"),
        ("MLP", "mlp"),
        ("mlp_caret", "mlp"),
        ("avNNet_caret", "mlp"),
        ("MLP 50 ReLU dropout 0.4", "mlp"),
        ("MC dropout (authors rerun code), deterministic pass", "mlp"),
        ("xgboost (default)", "trees"),
        ("lightgbm (tuned)", "trees"),
        ("catboost (default)", "trees"),
        ("HistGradientBoosting", "trees"),
        ("multinom_caret", "linear"),
        ("logistic regression", "linear"),
        ("StandardScaler|LogisticRegression", "linear"),
        ("lasso CV", "linear"),
        ("parRF_caret", None),
        ("ft_transformer (tuned)", None),
        ("MC dropout", None),
        ("resnet (tuned)", None),
        ("NBTree", None),
        ("svm_C", None),
    ],
)
def test_models_are_matched_by_kind(model, kind):
    assert next((name for name, written in KINDS.items() if written.search(model)), None) == kind


def test_the_official_test_file_is_comparable_and_other_protocols_say_why_not():
    assert protocol_difference(adult("mlp (tuned)"), OFFICIAL) == ""
    assert "16281 rows there" in protocol_difference(adult("mlp (tuned)"), Protocol(test_rows=6512, given=False))
    assert protocol_difference(adult("mlp (tuned)"), Protocol(test_rows=9000, given=True))
    assert "unknown" in protocol_difference(adult("C4.5"), OFFICIAL)
    assert "cross-validation" in protocol_difference(adult("mlp_caret"), OFFICIAL)
    for dataset, words in (("wine", "leave-one-out"), ("breast_cancer (WDBC)", "ten-fold")):
        papers = [r for r in known_results(dataset, "classification") if r.kind == "paper"]
        assert all(words in protocol_difference(r, Protocol(36, given=False)) for r in papers)
    concrete = known_results("Concrete strength", "regression")
    assert all("20 random splits" in protocol_difference(r, Protocol(206, given=False)) for r in concrete)


def test_ours_stands_beside_models_of_its_kind_only():
    results = {r.model: r for r in filled("Adult", "classification", "accuracy", {"mlp": 0.853, "trees": 0.871}, OFFICIAL)}
    assert results["mlp (tuned)"].ours == 0.853
    assert results["mlp (tuned)"].ours_model == "mlp"
    assert results["mlp (tuned)"].within_spread is True
    assert results["mlp (tuned)"].comparable
    assert results["xgboost (default)"].ours == 0.871
    assert results["mlp_caret"].within_spread is True
    assert not results["mlp_caret"].comparable
    assert results["ft_transformer (tuned)"].ours is None
    assert results["ft_transformer (tuned)"].within_spread is None
    assert results["multinom_caret"].ours is None  # we trained no linear model here


@pytest.mark.parametrize(("ours", "within"), [(0.90, True), (0.852, True), (0.848, True), (0.846, False), (0.76, False)])
def test_better_is_within_and_clearly_worse_is_not(ours, within):
    results = filled("Adult", "classification", "accuracy", {"mlp": ours}, OFFICIAL)
    assert next(r for r in results if r.model == "mlp (tuned)").within_spread is within


@pytest.mark.parametrize(("ours", "within"), [(4.5, True), (5.4, True), (7.0, True), (7.3, False)])
def test_of_errors_less_is_better(ours, within):
    results = filled("Concrete strength", "regression", "rmse", {"mlp": ours}, Protocol(206, given=False), half=0.4)
    assert next(r for r in results if r.ours is not None).within_spread is within


def test_the_tolerance_is_the_largest_of_three():
    known = adult("mlp (tuned)")
    assert tolerance(known, Interval(0.8519, 0.852, 0.8521), OFFICIAL) == pytest.approx(2 * 0.00192)
    assert tolerance(known, Interval(0.842, 0.852, 0.862), OFFICIAL) == pytest.approx(0.01)
    exact = known.model_copy(update={"std": 0.0})
    assert tolerance(exact, Interval(0.852, 0.852, 0.852), OFFICIAL) == 0.0005
    binomial = 1.96 * math.sqrt(0.85218 * 0.14782 / 16281)
    assert tolerance(exact, None, OFFICIAL) == pytest.approx(binomial)
    assert tolerance(exact, Interval(-math.inf, 0.8, math.inf), OFFICIAL) == pytest.approx(binomial)


def test_other_metrics_are_left_alone_and_a_diverged_model_is_not_shown():
    known = known_results("Concrete strength", "regression")
    assert beside(known, metric="r2", ours={"mlp": 0.9}, intervals={}, protocol=OFFICIAL) == known
    diverged = beside(known, metric="rmse", ours={"mlp": math.nan}, intervals={}, protocol=OFFICIAL)
    assert all(result.ours is None and result.within_spread is None for result in diverged)


def test_a_selection_shows_what_is_possible_and_every_model_of_ours():
    ours = {"mlp": 0.853, "trees": 0.871, "linear": 0.85, "constant": 0.764}
    results = filled("Adult", "classification", "accuracy", ours, OFFICIAL)
    chosen = select(results)
    assert len(chosen) == 8
    assert [WORTH.index(r.kind) for r in chosen] == sorted(WORTH.index(r.kind) for r in chosen)
    assert {r.kind for r in chosen} == {r.kind for r in results}
    assert {r.ours_model for r in chosen} >= {"mlp", "trees", "linear"}
    assert max(results, key=lambda r: r.value) in chosen
    assert next(r for r in chosen if r.ours_model == "mlp").model == "mlp (tuned)"
    assert select(results, limit=100) == results
    assert select((), limit=3) == ()
    assert len(select(results, limit=3)) == 3


def test_the_contract_is_light_to_import():
    code = "import sys, bringup.comparison.known_results; sys.exit('numpy' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
