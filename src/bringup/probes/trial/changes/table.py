"""All changes by name."""

from bringup.probes.trial.changes.cleared_gradients import ClearedGradients
from bringup.probes.trial.changes.constant_schedule import ConstantSchedule
from bringup.probes.trial.changes.default_optimizer import DefaultOptimizer
from bringup.probes.trial.changes.frozen_batch import FrozenBatch
from bringup.probes.trial.changes.inputs import StandardisedInputs, ZeroedInputs
from bringup.probes.trial.changes.learning_rate import LearningRate
from bringup.probes.trial.changes.losses import AlignedShapes, RawLogits, ShuffledLabels, StandardisedTarget
from bringup.probes.trial.changes.negated_loss import NegatedLoss
from bringup.probes.trial.changes.no_regularisation import NoRegularisation
from bringup.probes.trial.changes.reinitialised import Reinitialised
from bringup.probes.trial.changes.right_mode import RightMode
from bringup.probes.trial.intervention import Intervention

CHANGES: dict[str, type[Intervention]] = {
    "frozen-batch": FrozenBatch,
    "learning-rate": LearningRate,
    "constant-schedule": ConstantSchedule,
    "default-optimizer": DefaultOptimizer,
    "negated-loss": NegatedLoss,
    "no-regularisation": NoRegularisation,
    "standardised-inputs": StandardisedInputs,
    "zeroed-inputs": ZeroedInputs,
    "raw-logits": RawLogits,
    "aligned-shapes": AlignedShapes,
    "standardised-target": StandardisedTarget,
    "shuffled-labels": ShuffledLabels,
    "reinitialised": Reinitialised,
    "cleared-gradients": ClearedGradients,
    "right-mode": RightMode,
}
