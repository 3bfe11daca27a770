"""All changes by name."""

from bringup.probes.trial.changes.added_activations import AddedActivations, RectifiedStack
from bringup.probes.trial.changes.aligned_operands import AlignedOperands
from bringup.probes.trial.changes.all_parameters import AllParameters
from bringup.probes.trial.changes.cleared_gradients import ClearedGradients
from bringup.probes.trial.changes.constant_schedule import ConstantSchedule
from bringup.probes.trial.changes.default_optimizer import DefaultOptimizer
from bringup.probes.trial.changes.filled_inputs import FilledInputs
from bringup.probes.trial.changes.finite_operations import FiniteOperations
from bringup.probes.trial.changes.fitting_layers import FittingLayers, LargerTable
from bringup.probes.trial.changes.fitting_types import FittingTypes
from bringup.probes.trial.changes.frozen_batch import FrozenBatch
from bringup.probes.trial.changes.graph_ends import DetachedState, GraphsLetGo
from bringup.probes.trial.changes.inputs import StandardisedInputs, ZeroedInputs
from bringup.probes.trial.changes.learning_rate import LearningRate
from bringup.probes.trial.changes.longer_training import LongerTraining
from bringup.probes.trial.changes.losses import AlignedShapes, RawLogits, StandardisedTarget
from bringup.probes.trial.changes.measures import EvaluatedAnswers, LiveGraphs
from bringup.probes.trial.changes.moved_axes import MovedAxes
from bringup.probes.trial.changes.negated_loss import NegatedLoss
from bringup.probes.trial.changes.no_regularisation import NoRegularisation
from bringup.probes.trial.changes.other_axis import OtherAxis
from bringup.probes.trial.changes.other_batch_axis import OtherBatchAxis
from bringup.probes.trial.changes.reinitialised import Reinitialised
from bringup.probes.trial.changes.right_mode import RightMode
from bringup.probes.trial.changes.same_preparation import SamePreparation
from bringup.probes.trial.changes.shuffled_labels import ShuffledLabels
from bringup.probes.trial.changes.shuffled_rows import ShuffledRows
from bringup.probes.trial.changes.steady_answers import SteadyAnswers
from bringup.probes.trial.changes.uncut_gradient import UncutGradient
from bringup.probes.trial.changes.weighted_classes import WeightedClasses
from bringup.probes.trial.changes.wider_layer import WiderLayer
from bringup.probes.trial.changes.without_input import WithoutInput
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
    "aligned-operands": AlignedOperands,
    "standardised-target": StandardisedTarget,
    "shuffled-labels": ShuffledLabels,
    "shuffled-data": ShuffledRows,
    "reinitialised": Reinitialised,
    "cleared-gradients": ClearedGradients,
    "right-mode": RightMode,
    "all-parameters": AllParameters,
    "uncut-gradient": UncutGradient,
    "finite-operation": FiniteOperations,
    "other-axis": OtherAxis,
    "moved-axes": MovedAxes,
    "other-batch-axis": OtherBatchAxis,
    "added-activations": AddedActivations,
    "rectified-stack": RectifiedStack,
    "wider-layer": WiderLayer,
    "weighted-classes": WeightedClasses,
    "without-input": WithoutInput,
    "filled-inputs": FilledInputs,
    "same-preparation": SamePreparation,
    "steady-answers": SteadyAnswers,
    "fitting-layer": FittingLayers,
    "larger-table": LargerTable,
    "fitting-types": FittingTypes,
    "detached-state": DetachedState,
    "graphs-let-go": GraphsLetGo,
    "evaluated-answers": EvaluatedAnswers,
    "live-graphs": LiveGraphs,
    "longer-training": LongerTraining,
}
