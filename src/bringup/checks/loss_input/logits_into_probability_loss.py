"""LOS315 logits-into-probability-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, near_one, trained_losses
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record

OVER_CLASSES = "categorical_crossentropy"
YES_NO = "binary_cross_entropy"


@dataclass(frozen=True, kw_only=True)
class LogitsIntoProbabilityLoss(Check):
    """A loss that takes probabilities is given raw scores, and cuts them off in silence.

    ## What it detects
    Cross entropy of Keras with `from_logits=False`, its default, on the output of a layer that gives no probabilities: one
    without an activation function, or with a ReLU; and categorical cross entropy on values that each lie between 0 and 1 but
    do not sum to 1 over the classes, as those of a sigmoid.

    ## Why it is bad
    Keras cuts off what is below 0 or above 1 before it takes the logarithm, so no error is raised. Where a score is cut off, no
    gradient comes back: the loss stands still near a high value, and most of the network is never trained.

    ## How it is detected
    Values of the loss's input lie below -{slack} or above 1 by more than {slack}; or they are between 0 and 1, and their sums
    over the classes are not 1.

    ## How to fix it
    Give the last layer the activation that the loss expects (`softmax` for classes, `sigmoid` for yes and no), or build the
    loss with `from_logits=True`.

    ## How it is confirmed
    Train again with the loss given what it takes, the softmax or sigmoid of the scores, and compare.
    """

    code: ClassVar[str] = "LOS315"
    name: ClassVar[str] = "logits-into-probability-loss"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import keras
import numpy as np
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(600, 6)).astype("float32")
y = (x @ rng.normal(size=(6, 4))).argmax(1)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(4)])
model.compile(keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:480], y[:480], epochs=8, batch_size=32, verbose=0)
print(model.evaluate(x[480:], y[480:], verbose=0))
"""
    good: ClassVar[str] = """
import keras
import numpy as np
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(600, 6)).astype("float32")
y = (x @ rng.normal(size=(6, 4))).argmax(1)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(4)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(1e-2), loss=loss, metrics=["accuracy"])
model.fit(x[:480], y[:480], epochs=8, batch_size=32, verbose=0)
print(model.evaluate(x[480:], y[480:], verbose=0))
"""

    slack: float = 1e-3  # beyond the bounds of a probability; rounding apart there is none

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record, OVER_CLASSES, YES_NO):
            low, high = loss.input.minimum, loss.input.maximum
            if low is None or high is None:
                continue
            if low < -self.slack or high > 1 + self.slack:
                yield self.of_scores(loss, low, high)
            elif loss.function == OVER_CLASSES and self.not_shared_out(loss):
                yield self.of_shares(loss)

    def not_shared_out(self, loss: LossFacts) -> bool:
        """Whether the values of a row are no shares of a whole."""
        facts = loss.classes
        return facts is not None and facts.count > 1 and not near_one(facts.sum_minimum, facts.sum_maximum)

    def of_scores(self, loss: LossFacts, low: float, high: float) -> Finding:
        """The finding where values are no probabilities."""
        return self.finding(
            f"the loss{at(loss.where)} takes probabilities (`from_logits=False`), and is given values from {number(low)} to "
            f"{number(high)}: what lies outside of 0 to 1 is cut off",
            Measurement(name="smallest value of the loss's input", value=low, limit=0.0, step=loss.step),
            Measurement(name="largest value of the loss's input", value=high, limit=1.0, step=loss.step),
            where=loss.where,
            fix="give the last layer a softmax (classes) or a sigmoid (yes or no), or build the loss with from_logits=True",
            confidence=0.98,
        )

    def of_shares(self, loss: LossFacts) -> Finding:
        """The finding where each value could be a probability, and all together are not."""
        facts = loss.classes
        assert facts is not None
        return self.finding(
            f"categorical cross entropy{at(loss.where)} is given {facts.count} values a row that do not sum to 1 "
            f"({number(facts.sum_minimum)} to {number(facts.sum_maximum)})",
            Measurement(name="smallest sum over the classes", value=facts.sum_minimum, limit=1.0, step=loss.step),
            Measurement(name="largest sum over the classes", value=facts.sum_maximum, limit=1.0, step=loss.step),
            where=loss.activation.where if loss.activation is not None and loss.activation.where is not None else loss.where,
            fix="end the model in a softmax, which makes the classes compete; a sigmoid for each class belongs to binary cross "
            "entropy",
            severity=Severity.WARNING,
            confidence=0.85,
        )
