"""What some questions are about, and no loss shows: changes that change nothing, and measure."""

import weakref
from typing import Any, ClassVar

import torch

from bringup.capture.events import ModelCall, Step, Token
from bringup.capture.torch.graph import TOKEN
from bringup.capture.torch.tensors import tensors_in
from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations
from bringup.probes.trial.intervention import Intervention
from bringup.probes.trial.measured import GRAPHS, RIGHT, SCORE

SCORES = frozenset(
    {"accuracy_score", "balanced_accuracy_score", "f1_score", "r2_score", "roc_auc_score", "explained_variance_score"}
)


class EvaluatedAnswers(ChangedOperations):
    """How often answers equal the truth where the program itself compares them: since the last step of the training.

    Comparisons of two tensors of one shape are counted by their line and its callers; the last ones count. A score of
    scikit-learn is taken as it is.
    """

    names: ClassVar[frozenset[str]] = frozenset({"eq"})

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.lines: dict[Any, tuple[int, int, int]] = {}

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Count; the result is what it was."""
        del name
        one, other = args[0], args[1] if len(args) > 1 else None
        if (
            not isinstance(one, torch.Tensor)
            or not isinstance(other, torch.Tensor)
            or one.shape != other.shape
            or one.ndim == 0
        ):
            return AS_IT_IS
        self.acted -= 1
        result = function(*args, **kwargs)
        place, step = self.session.person.places(3), self.session.steps
        right, rows, last = self.lines.pop(place, (0, 0, step))
        right, rows = (right, rows) if last == step else (0, 0)
        self.lines[place] = right + int(result.sum()), rows + result.numel(), step
        self.measures[RIGHT] = self.lines[place][0] / max(self.lines[place][1], 1)
        return result

    def on_score(self, name: str, truth: Any, answer: Any, value: Any, place: Any) -> None:
        """Note a score."""
        del truth, answer, place
        if name in SCORES and isinstance(value, int | float):
            self.measures[SCORE] = float(value)


class LiveGraphs(Intervention):
    """How many graphs of calls of a model are alive after the last step."""

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.alive: weakref.WeakSet[Token] = weakref.WeakSet()

    def on_call(self, call: ModelCall) -> None:
        """Refer weakly to what lives as long as the graph of a call."""
        for tensor in tensors_in(call.output):
            node: Any = tensor.grad_fn
            token = None if node is None else node.metadata.get(TOKEN)
            if token is not None:
                self.alive.add(token)

    def after_step(self, step: Step) -> None:
        """Count."""
        del step
        self.measures[GRAPHS] = float(len(self.alive))
