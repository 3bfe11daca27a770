"""All checks, in the order of their codes."""

from bringup.checks.architecture.dead_relu_units import DeadReluUnits
from bringup.checks.architecture.no_nonlinearity import NoNonlinearity
from bringup.checks.architecture.output_cannot_reach_target import OutputCannotReachTarget
from bringup.checks.architecture.output_units_do_not_fit import OutputUnitsDoNotFit
from bringup.checks.architecture.saturated_sigmoid_stack import SaturatedSigmoidStack
from bringup.checks.batch_size.batch_norm_of_few_rows import BatchNormOfFewRows
from bringup.checks.batch_size.few_updates_of_whole_set import FewUpdatesOfWholeSet
from bringup.checks.capacity.bottleneck_too_narrow import BottleneckTooNarrow
from bringup.checks.capacity.layer_too_narrow_for_classes import LayerTooNarrowForClasses
from bringup.checks.capacity.too_large_for_rows import TooLargeForRows
from bringup.checks.check import Check
from bringup.checks.crash.backward_twice import BackwardTwice
from bringup.checks.crash.device_mismatch import DeviceMismatch
from bringup.checks.crash.dtype_mismatch import DtypeMismatch
from bringup.checks.crash.in_place_change_of_saved_tensor import InPlaceChangeOfSavedTensor
from bringup.checks.crash.index_out_of_range import IndexOutOfRange
from bringup.checks.crash.last_batch_too_small import LastBatchTooSmall
from bringup.checks.crash.loss_shapes_do_not_match import LossShapesDoNotMatch
from bringup.checks.crash.no_gradient_to_follow import NoGradientToFollow
from bringup.checks.crash.other_exception import OtherException
from bringup.checks.crash.shape_mismatch_in_layer import ShapeMismatchInLayer
from bringup.checks.crash.shapes_of_operation_do_not_fit import ShapesOfOperationDoNotFit
from bringup.checks.crash.state_dict_does_not_fit import StateDictDoesNotFit
from bringup.checks.crash.uneven_batch_cannot_be_stacked import UnevenBatchCannotBeStacked
from bringup.checks.epochs.stopped_while_still_improving import StoppedWhileStillImproving
from bringup.checks.evaluation.argmax_of_one_column import ArgmaxOfOneColumn
from bringup.checks.evaluation.argmax_over_wrong_axis import ArgmaxOverWrongAxis
from bringup.checks.evaluation.held_out_rows_never_evaluated import HeldOutRowsNeverEvaluated
from bringup.checks.evaluation.metric_of_one_batch import MetricOfOneBatch
from bringup.checks.evaluation.truths_out_of_step import TruthsOutOfStep
from bringup.checks.features.code_for_unknown_in_inputs import CodeForUnknownInInputs
from bringup.checks.features.constant_column import ConstantColumn
from bringup.checks.features.duplicated_column import DuplicatedColumn
from bringup.checks.features.hidden_missing import HiddenMissing
from bringup.checks.features.high_cardinality import HighCardinality
from bringup.checks.features.identifier_input import IdentifierInput
from bringup.checks.features.infinite_values import InfiniteValues
from bringup.checks.features.lone_outlier import LoneOutlier
from bringup.checks.features.missing_values_reach_the_model import MissingValuesReachTheModel
from bringup.checks.features.mostly_missing import MostlyMissing
from bringup.checks.features.sentinel_value import SentinelValue
from bringup.checks.features.spelling_variants import SpellingVariants
from bringup.checks.features.unreadable_values import UnreadableValues
from bringup.checks.imbalance.imbalanced_classes import ImbalancedClasses
from bringup.checks.imbalance.rare_class_never_answered import RareClassNeverAnswered
from bringup.checks.initialization.identical_initial_weights import IdenticalInitialWeights
from bringup.checks.initialization.initial_weights_badly_scaled import InitialWeightsBadlyScaled
from bringup.checks.labels.conflicting_labels import ConflictingLabels
from bringup.checks.labels.label_format_differs import LabelFormatDiffers
from bringup.checks.labels.label_variants import LabelVariants
from bringup.checks.labels.labels_unrelated_to_inputs import LabelsUnrelatedToInputs
from bringup.checks.labels.missing_labels import MissingLabels
from bringup.checks.labels.single_example_class import SingleExampleClass
from bringup.checks.labels.skewed_target import SkewedTarget
from bringup.checks.labels.trained_on_one_label import TrainedOnOneLabel
from bringup.checks.leakage.function_of_target import FunctionOfTarget
from bringup.checks.leakage.missing_tells_target import MissingTellsTarget
from bringup.checks.leakage.one_column_answers import OneColumnAnswers
from bringup.checks.leakage.one_input_answers import OneInputAnswers
from bringup.checks.leakage.rows_in_both_parts import RowsInBothParts
from bringup.checks.leakage.sum_to_target import SumToTarget
from bringup.checks.leakage.target_among_inputs import TargetAmongInputs
from bringup.checks.leakage.target_copy import TargetCopy
from bringup.checks.learning_rate.learning_rate_diverges import LearningRateDiverges
from bringup.checks.learning_rate.learning_rate_too_small import LearningRateTooSmall
from bringup.checks.learning_rate.update_too_large import UpdateTooLarge
from bringup.checks.learning_rate.weights_hardly_move import WeightsHardlyMove
from bringup.checks.loss_input.activation_before_logits_loss import ActivationBeforeLogitsLoss
from bringup.checks.loss_input.initial_loss_off_theory import InitialLossOffTheory
from bringup.checks.loss_input.labels_from_one_column import LabelsFromOneColumn
from bringup.checks.loss_input.logits_into_nll_loss import LogitsIntoNllLoss
from bringup.checks.loss_input.logits_into_probability_loss import LogitsIntoProbabilityLoss
from bringup.checks.loss_input.loss_does_not_fit_target import LossDoesNotFitTarget
from bringup.checks.loss_input.missing_log_in_cross_entropy import MissingLogInCrossEntropy
from bringup.checks.loss_input.padding_counted_in_loss import PaddingCountedInLoss
from bringup.checks.loss_input.probabilities_into_nll_loss import ProbabilitiesIntoNllLoss
from bringup.checks.loss_input.sigmoid_before_logits_loss import SigmoidBeforeLogitsLoss
from bringup.checks.loss_input.softmax_before_cross_entropy import SoftmaxBeforeCrossEntropy
from bringup.checks.loss_input.softmax_over_one_unit import SoftmaxOverOneUnit
from bringup.checks.loss_input.sum_where_mean_is_meant import SumWhereMeanIsMeant
from bringup.checks.loss_input.swapped_loss_arguments import SwappedLossArguments
from bringup.checks.loss_input.terms_reduced_differently import TermsReducedDifferently
from bringup.checks.loss_input.wrong_target_encoding import WrongTargetEncoding
from bringup.checks.memory.graph_kept_over_steps import GraphKeptOverSteps
from bringup.checks.memory.out_of_memory import OutOfMemory
from bringup.checks.numerics.division_by_zero import DivisionByZero
from bringup.checks.numerics.exp_overflow import ExpOverflow
from bringup.checks.numerics.exploding_gradient import ExplodingGradient
from bringup.checks.numerics.half_precision_overflow import HalfPrecisionOverflow
from bringup.checks.numerics.log_of_zero import LogOfZero
from bringup.checks.numerics.non_finite_loss import NonFiniteLoss
from bringup.checks.numerics.other_non_finite_operation import OtherNonFiniteOperation
from bringup.checks.numerics.root_gradient_at_zero import RootGradientAtZero
from bringup.checks.numerics.vanishing_gradient import VanishingGradient
from bringup.checks.order.duplicated_rows import DuplicatedRows
from bringup.checks.order.sorted_by_target import SortedByTarget
from bringup.checks.order.trained_in_order_of_labels import TrainedInOrderOfLabels
from bringup.checks.preprocessing.attention_on_padding_alone import AttentionOnPaddingAlone
from bringup.checks.preprocessing.channels_last_images import ChannelsLastImages
from bringup.checks.preprocessing.evaluated_in_another_code import EvaluatedInAnotherCode
from bringup.checks.preprocessing.evaluated_otherwise_prepared import EvaluatedOtherwisePrepared
from bringup.checks.preprocessing.fitted_on_held_out_rows import FittedOnHeldOutRows
from bringup.checks.preprocessing.huge_targets import HugeTargets
from bringup.checks.preprocessing.inputs_all_alike import InputsAllAlike
from bringup.checks.preprocessing.inputs_far_from_unit_scale import InputsFarFromUnitScale
from bringup.checks.preprocessing.non_finite_inputs import NonFiniteInputs
from bringup.checks.preprocessing.raw_byte_inputs import RawByteInputs
from bringup.checks.preprocessing.scaled_twice import ScaledTwice
from bringup.checks.preprocessing.scales_differ import ScalesDiffer
from bringup.checks.preprocessing.unscaled_inputs import UnscaledInputs
from bringup.checks.regularization.dropout_too_strong import DropoutTooStrong
from bringup.checks.regularization.overfits import Overfits
from bringup.checks.regularization.penalty_dominates import PenaltyDominates
from bringup.checks.regularization.weight_decay_dominates import WeightDecayDominates
from bringup.checks.schedule.learning_rate_dies import LearningRateDies
from bringup.checks.schedule.schedule_in_wrong_unit import ScheduleInWrongUnit
from bringup.checks.schedule.scheduler_never_stepped import SchedulerNeverStepped
from bringup.checks.schedule.warm_up_longer_than_training import WarmUpLongerThanTraining
from bringup.checks.shapes.broadcast_in_loss import BroadcastInLoss
from bringup.checks.shapes.broadcast_in_metric import BroadcastInMetric
from bringup.checks.shapes.channels_read_as_steps import ChannelsReadAsSteps
from bringup.checks.shapes.examples_of_a_batch_mix import ExamplesOfABatchMix
from bringup.checks.shapes.sees_what_it_predicts import SeesWhatItPredicts
from bringup.checks.shapes.softmax_over_wrong_axis import SoftmaxOverWrongAxis
from bringup.checks.shapes.view_where_transpose_is_meant import ViewWhereTransposeIsMeant
from bringup.checks.shapes.weights_over_wrong_axis import WeightsOverWrongAxis
from bringup.checks.size.nothing_to_predict import NothingToPredict
from bringup.checks.size.too_few_per_class import TooFewPerClass
from bringup.checks.size.too_few_rows import TooFewRows
from bringup.checks.size.too_few_rows_for_columns import TooFewRowsForColumns
from bringup.checks.size.trained_on_a_fraction import TrainedOnAFraction
from bringup.checks.split.class_missing_in_part import ClassMissingInPart
from bringup.checks.split.class_never_trained import ClassNeverTrained
from bringup.checks.split.evaluated_on_few_classes import EvaluatedOnFewClasses
from bringup.checks.split.evaluated_rows_were_trained_on import EvaluatedRowsWereTrainedOn
from bringup.checks.split.fitted_before_split import FittedBeforeSplit
from bringup.checks.split.parts_differ import PartsDiffer
from bringup.checks.split.shifted_column import ShiftedColumn
from bringup.checks.split.time_ignored import TimeIgnored
from bringup.checks.split.unseen_values import UnseenValues
from bringup.checks.split.windows_of_both_parts_overlap import WindowsOfBothPartsOverlap
from bringup.checks.train_mode.batch_norm_statistics_unused import BatchNormStatisticsUnused
from bringup.checks.train_mode.evaluated_in_train_mode import EvaluatedInTrainMode
from bringup.checks.train_mode.evaluation_keeps_the_graph import EvaluationKeepsTheGraph
from bringup.checks.train_mode.functional_dropout_always_on import FunctionalDropoutAlwaysOn
from bringup.checks.train_mode.gradients_off_where_needed import GradientsOffWhereNeeded
from bringup.checks.train_mode.trained_in_eval_mode import TrainedInEvalMode
from bringup.checks.update.clipping_clips_everything import ClippingClipsEverything
from bringup.checks.update.copy_never_follows import CopyNeverFollows
from bringup.checks.update.gradient_cut import GradientCut
from bringup.checks.update.layer_created_in_forward import LayerCreatedInForward
from bringup.checks.update.loss_sign_flipped import LossSignFlipped
from bringup.checks.update.missing_step import MissingStep
from bringup.checks.update.missing_zero_grad import MissingZeroGrad
from bringup.checks.update.optimizer_parameters_without_gradient import OptimizerParametersWithoutGradient
from bringup.checks.update.parameters_in_no_optimizer import ParametersInNoOptimizer
from bringup.checks.update.random_head_frozen import RandomHeadFrozen
from bringup.checks.update.scheduler_before_optimizer import SchedulerBeforeOptimizer
from bringup.checks.update.state_carried_over_steps import StateCarriedOverSteps
from bringup.checks.update.step_without_new_gradient import StepWithoutNewGradient
from bringup.checks.update.weights_do_not_move import WeightsDoNotMove

CHECKS: tuple[Check, ...] = (
    NoNonlinearity(),
    OutputUnitsDoNotFit(),
    SaturatedSigmoidStack(),
    DeadReluUnits(),
    OutputCannotReachTarget(),
    BatchNormOfFewRows(),
    FewUpdatesOfWholeSet(),
    BottleneckTooNarrow(),
    LayerTooNarrowForClasses(),
    TooLargeForRows(),
    ShapeMismatchInLayer(),
    IndexOutOfRange(),
    DtypeMismatch(),
    DeviceMismatch(),
    BackwardTwice(),
    InPlaceChangeOfSavedTensor(),
    NoGradientToFollow(),
    LossShapesDoNotMatch(),
    LastBatchTooSmall(),
    UnevenBatchCannotBeStacked(),
    StateDictDoesNotFit(),
    ShapesOfOperationDoNotFit(),
    OtherException(),
    StoppedWhileStillImproving(),
    MetricOfOneBatch(),
    HeldOutRowsNeverEvaluated(),
    ArgmaxOverWrongAxis(),
    TruthsOutOfStep(),
    ArgmaxOfOneColumn(),
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
    MissingValuesReachTheModel(),
    CodeForUnknownInInputs(),
    ImbalancedClasses(),
    RareClassNeverAnswered(),
    IdenticalInitialWeights(),
    InitialWeightsBadlyScaled(),
    MissingLabels(),
    LabelVariants(),
    LabelFormatDiffers(),
    ConflictingLabels(),
    SingleExampleClass(),
    SkewedTarget(),
    LabelsUnrelatedToInputs(),
    TrainedOnOneLabel(),
    TargetCopy(),
    SumToTarget(),
    FunctionOfTarget(),
    MissingTellsTarget(),
    OneColumnAnswers(),
    RowsInBothParts(),
    OneInputAnswers(),
    TargetAmongInputs(),
    InitialLossOffTheory(),
    SoftmaxBeforeCrossEntropy(),
    SigmoidBeforeLogitsLoss(),
    ProbabilitiesIntoNllLoss(),
    LogitsIntoNllLoss(),
    SoftmaxOverOneUnit(),
    WrongTargetEncoding(),
    SwappedLossArguments(),
    LossDoesNotFitTarget(),
    PaddingCountedInLoss(),
    SumWhereMeanIsMeant(),
    ActivationBeforeLogitsLoss(),
    MissingLogInCrossEntropy(),
    LabelsFromOneColumn(),
    LogitsIntoProbabilityLoss(),
    TermsReducedDifferently(),
    UpdateTooLarge(),
    LearningRateTooSmall(),
    LearningRateDiverges(),
    WeightsHardlyMove(),
    GraphKeptOverSteps(),
    OutOfMemory(),
    TrainedInEvalMode(),
    EvaluatedInTrainMode(),
    FunctionalDropoutAlwaysOn(),
    GradientsOffWhereNeeded(),
    BatchNormStatisticsUnused(),
    EvaluationKeepsTheGraph(),
    NonFiniteLoss(),
    ExplodingGradient(),
    VanishingGradient(),
    LogOfZero(),
    RootGradientAtZero(),
    DivisionByZero(),
    ExpOverflow(),
    HalfPrecisionOverflow(),
    OtherNonFiniteOperation(),
    SortedByTarget(),
    DuplicatedRows(),
    TrainedInOrderOfLabels(),
    UnscaledInputs(),
    NonFiniteInputs(),
    ScalesDiffer(),
    ScaledTwice(),
    EvaluatedOtherwisePrepared(),
    RawByteInputs(),
    ChannelsLastImages(),
    HugeTargets(),
    InputsAllAlike(),
    InputsFarFromUnitScale(),
    FittedOnHeldOutRows(),
    EvaluatedInAnotherCode(),
    AttentionOnPaddingAlone(),
    Overfits(),
    WeightDecayDominates(),
    DropoutTooStrong(),
    PenaltyDominates(),
    LearningRateDies(),
    SchedulerNeverStepped(),
    ScheduleInWrongUnit(),
    WarmUpLongerThanTraining(),
    BroadcastInLoss(),
    SoftmaxOverWrongAxis(),
    ExamplesOfABatchMix(),
    ViewWhereTransposeIsMeant(),
    WeightsOverWrongAxis(),
    BroadcastInMetric(),
    SeesWhatItPredicts(),
    ChannelsReadAsSteps(),
    TooFewRows(),
    TooFewRowsForColumns(),
    TooFewPerClass(),
    NothingToPredict(),
    TrainedOnAFraction(),
    PartsDiffer(),
    ShiftedColumn(),
    ClassMissingInPart(),
    TimeIgnored(),
    UnseenValues(),
    EvaluatedRowsWereTrainedOn(),
    FittedBeforeSplit(),
    ClassNeverTrained(),
    EvaluatedOnFewClasses(),
    WindowsOfBothPartsOverlap(),
    WeightsDoNotMove(),
    MissingZeroGrad(),
    MissingStep(),
    StepWithoutNewGradient(),
    ParametersInNoOptimizer(),
    OptimizerParametersWithoutGradient(),
    GradientCut(),
    LossSignFlipped(),
    SchedulerBeforeOptimizer(),
    ClippingClipsEverything(),
    StateCarriedOverSteps(),
    LayerCreatedInForward(),
    RandomHeadFrozen(),
    CopyNeverFollows(),
)
