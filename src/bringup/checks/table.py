"""All checks, in the order of their codes."""

from bringup.checks.check import Check
from bringup.checks.epochs.stopped_while_still_improving import StoppedWhileStillImproving
from bringup.checks.features.constant_column import ConstantColumn
from bringup.checks.features.duplicated_column import DuplicatedColumn
from bringup.checks.features.hidden_missing import HiddenMissing
from bringup.checks.features.high_cardinality import HighCardinality
from bringup.checks.features.identifier_input import IdentifierInput
from bringup.checks.features.infinite_values import InfiniteValues
from bringup.checks.features.lone_outlier import LoneOutlier
from bringup.checks.features.mostly_missing import MostlyMissing
from bringup.checks.features.sentinel_value import SentinelValue
from bringup.checks.features.spelling_variants import SpellingVariants
from bringup.checks.features.unreadable_values import UnreadableValues
from bringup.checks.imbalance.imbalanced_classes import ImbalancedClasses
from bringup.checks.labels.conflicting_labels import ConflictingLabels
from bringup.checks.labels.label_format_differs import LabelFormatDiffers
from bringup.checks.labels.label_variants import LabelVariants
from bringup.checks.labels.missing_labels import MissingLabels
from bringup.checks.labels.single_example_class import SingleExampleClass
from bringup.checks.labels.skewed_target import SkewedTarget
from bringup.checks.leakage.function_of_target import FunctionOfTarget
from bringup.checks.leakage.missing_tells_target import MissingTellsTarget
from bringup.checks.leakage.one_column_answers import OneColumnAnswers
from bringup.checks.leakage.rows_in_both_parts import RowsInBothParts
from bringup.checks.leakage.sum_to_target import SumToTarget
from bringup.checks.leakage.target_copy import TargetCopy
from bringup.checks.learning_rate.learning_rate_too_small import LearningRateTooSmall
from bringup.checks.learning_rate.update_too_large import UpdateTooLarge
from bringup.checks.loss_input.initial_loss_off_theory import InitialLossOffTheory
from bringup.checks.numerics.exploding_gradient import ExplodingGradient
from bringup.checks.numerics.non_finite_loss import NonFiniteLoss
from bringup.checks.numerics.vanishing_gradient import VanishingGradient
from bringup.checks.order.duplicated_rows import DuplicatedRows
from bringup.checks.order.sorted_by_target import SortedByTarget
from bringup.checks.preprocessing.non_finite_inputs import NonFiniteInputs
from bringup.checks.preprocessing.scales_differ import ScalesDiffer
from bringup.checks.preprocessing.unscaled_inputs import UnscaledInputs
from bringup.checks.regularization.overfits import Overfits
from bringup.checks.size.nothing_to_predict import NothingToPredict
from bringup.checks.size.too_few_per_class import TooFewPerClass
from bringup.checks.size.too_few_rows import TooFewRows
from bringup.checks.size.too_few_rows_for_columns import TooFewRowsForColumns
from bringup.checks.split.class_missing_in_part import ClassMissingInPart
from bringup.checks.split.parts_differ import PartsDiffer
from bringup.checks.split.shifted_column import ShiftedColumn
from bringup.checks.split.time_ignored import TimeIgnored
from bringup.checks.split.unseen_values import UnseenValues
from bringup.checks.update.weights_do_not_move import WeightsDoNotMove

CHECKS: tuple[Check, ...] = (
    StoppedWhileStillImproving(),
    ConstantColumn(),
    IdentifierInput(),
    HiddenMissing(),
    SentinelValue(),
    DuplicatedColumn(),
    MostlyMissing(),
    InfiniteValues(),
    UnreadableValues(),
    HighCardinality(),
    SpellingVariants(),
    LoneOutlier(),
    ImbalancedClasses(),
    MissingLabels(),
    LabelVariants(),
    LabelFormatDiffers(),
    ConflictingLabels(),
    SingleExampleClass(),
    SkewedTarget(),
    TargetCopy(),
    SumToTarget(),
    FunctionOfTarget(),
    MissingTellsTarget(),
    OneColumnAnswers(),
    RowsInBothParts(),
    InitialLossOffTheory(),
    UpdateTooLarge(),
    LearningRateTooSmall(),
    NonFiniteLoss(),
    ExplodingGradient(),
    VanishingGradient(),
    SortedByTarget(),
    DuplicatedRows(),
    UnscaledInputs(),
    NonFiniteInputs(),
    ScalesDiffer(),
    Overfits(),
    TooFewRows(),
    TooFewRowsForColumns(),
    TooFewPerClass(),
    NothingToPredict(),
    PartsDiffer(),
    ShiftedColumn(),
    ClassMissingInPart(),
    TimeIgnored(),
    UnseenValues(),
    WeightsDoNotMove(),
)
