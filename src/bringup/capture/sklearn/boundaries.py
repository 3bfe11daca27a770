"""What is hooked in scikit-learn: splits, fits of transformers, metrics; and in numpy, shuffling.

Only calls that the person's own code makes count, not those that scikit-learn makes itself (a pipeline, a search).
"""

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bringup.capture.imports import AfterImport
from bringup.capture.torch.patching import Patches

if TYPE_CHECKING:
    from bringup.capture.session import Session

SCALERS = ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "QuantileTransformer", "PowerTransformer")
TRANSFORMERS: dict[str, dict[str, tuple[str, ...]]] = {
    "sklearn.preprocessing": {"scale": SCALERS, "encode": ("TargetEncoder",)},
    "sklearn.feature_selection": {
        "select": (
            "SelectKBest", "SelectPercentile", "SelectFpr", "SelectFdr", "SelectFwe", "GenericUnivariateSelect", "RFE", "RFECV",
            "SelectFromModel", "SequentialFeatureSelector",
        ),
    },
    "sklearn.decomposition": {"reduce": ("PCA", "TruncatedSVD", "FastICA", "NMF", "KernelPCA")},
    "sklearn.impute": {"impute": ("SimpleImputer", "KNNImputer")},
}  # fmt: skip
METRICS = (
    "accuracy_score", "balanced_accuracy_score", "f1_score", "precision_score", "recall_score", "fbeta_score", "jaccard_score",
    "matthews_corrcoef", "cohen_kappa_score", "confusion_matrix", "classification_report", "roc_auc_score",
    "average_precision_score", "precision_recall_curve", "roc_curve", "r2_score", "mean_squared_error",
    "root_mean_squared_error", "mean_absolute_error",
)  # fmt: skip
SHUFFLES = ("shuffle", "permutation")
FOLDS = (
    "KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold", "RepeatedKFold", "RepeatedStratifiedKFold",
    "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit", "LeaveOneOut", "LeaveOneGroupOut", "TimeSeriesSplit",
)  # fmt: skip


def watch(session: "Session") -> None:
    """Hook in, now for what is imported already and later for the rest."""
    from bringup.capture.observers.preparation import Preparation

    session.add(Preparation(session))
    patches = Patches()
    actions: dict[str, Callable[[], None]] = {
        "sklearn.model_selection": functools.partial(watch_splits, session, patches),
        "sklearn.metrics": lambda: replace_in(patches, "sklearn.metrics", METRICS, score(session)),
        "sklearn.utils": lambda: replace_in(patches, "sklearn.utils", ["resample"], resample(session)),
        "numpy.random": lambda: replace_in(patches, "numpy.random", SHUFFLES, shuffle(session)),
        **{name: functools.partial(watch_transformers, session, patches, name) for name in TRANSFORMERS},
    }
    hooks = AfterImport(actions)
    session.undo.append(patches.undo)
    session.undo.append(hooks.uninstall)
    hooks.install()


def replace_in(patches: Patches, module: str, names: Any, make: Callable[[str, Any], Any]) -> None:
    """Replace functions of a module."""
    for name in names:
        patches.replace(sys.modules[module], name, lambda original, name=name: make(name, original))


def place_of_caller(session: "Session", depth: int = 2) -> Any:
    """The line of the function that called the hooked one, None where that is not the person's."""
    frame = sys._getframe(depth)
    if not session.watching or not session.person.owns(frame.f_code.co_filename):
        return None
    return frame.f_code.co_filename, frame.f_lineno


def watch_splits(session: "Session", patches: Patches) -> None:
    """See what parts rows."""
    module = sys.modules["sklearn.model_selection"]
    replace_in(patches, module.__name__, ["train_test_split"], split(session))
    for name in FOLDS:
        kind = getattr(module, name, None)
        if kind is not None:
            patches.replace(kind, "split", functools.partial(folds, session, name))


def folds(session: "Session", kind: str, original: Any) -> Any:
    """See calls of the `split` of a splitter."""

    @functools.wraps(original)
    def split(self: Any, *args: Any, **kwargs: Any) -> Any:
        place = place_of_caller(session)
        given = args[0] if args else kwargs.get("X")
        if place is not None and given is not None:
            session.emit("on_folds", kind, given, bool(getattr(self, "shuffle", "Shuffle" in kind)), place)
        return original(self, *args, **kwargs)

    return split


def split(session: "Session") -> Callable[[str, Any], Any]:
    """See calls of `train_test_split`."""

    def make(_: str, original: Any) -> Any:
        @functools.wraps(original)
        def train_test_split(*arrays: Any, **options: Any) -> Any:
            parts = original(*arrays, **options)
            place = place_of_caller(session)
            if place is not None:
                session.emit("on_split", arrays, parts, options, place)
            return parts

        return train_test_split

    return make


def score(session: "Session") -> Callable[[str, Any], Any]:
    """See calls of metrics."""

    def make(name: str, original: Any) -> Any:
        @functools.wraps(original)
        def metric(*args: Any, **kwargs: Any) -> Any:
            value = original(*args, **kwargs)
            place = place_of_caller(session)
            if place is not None:
                truth = kwargs.get("y_true", args[0] if args else None)
                answer = next(
                    (kwargs[key] for key in ("y_pred", "y_score") if key in kwargs), args[1] if len(args) > 1 else None
                )
                session.emit("on_score", name, truth, answer, value, place)
            return value

        return metric

    return make


def resample(session: "Session") -> Callable[[str, Any], Any]:
    """See calls of `sklearn.utils.resample`."""

    def make(_: str, original: Any) -> Any:
        @functools.wraps(original)
        def resample(*arrays: Any, **options: Any) -> Any:
            place = place_of_caller(session)
            if place is not None and arrays:
                session.emit("on_fit", "resample", "resample", arrays[0], True, place)
            return original(*arrays, **options)

        return resample

    return make


def shuffle(session: "Session") -> Callable[[str, Any], Any]:
    """See calls of `numpy.random.shuffle` and `numpy.random.permutation`; those of a generator cannot be seen."""

    def make(_: str, original: Any) -> Any:
        @functools.wraps(original)
        def shuffle(*args: Any, **kwargs: Any) -> Any:
            place = place_of_caller(session)
            if place is not None:
                session.emit("on_shuffle", place)
            return original(*args, **kwargs)

        return shuffle

    return make


def watch_transformers(session: "Session", patches: Patches, module: str) -> None:
    """See fits of the transformers of a module."""
    for does, names in TRANSFORMERS[module].items():
        for name in names:
            kind = getattr(sys.modules[module], name, None)
            for method in ("fit", "fit_transform"):
                if kind is not None:
                    patches.replace(kind, method, fit(session, name, does))


def fit(session: "Session", kind: str, does: str) -> Callable[[Any], Any]:
    """See one method of one class."""

    def make(original: Any) -> Any:
        @functools.wraps(original)
        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            place = place_of_caller(session)
            given = args[0] if args else kwargs.get("X")
            if place is not None and given is not None:
                supervised = (args[1] if len(args) > 1 else kwargs.get("y")) is not None
                session.emit("on_fit", kind, does, given, supervised, place)
            return original(self, *args, **kwargs)

        return fit

    return make
