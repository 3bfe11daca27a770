"""The sections of a record about the rows that a program was seen to use, measured after its end."""

from bringup.findings import Frozen, Where


class PartsFacts(Frozen):
    """Rows that were evaluated, held against the rows that the same model was trained on before.

    Attributes:
        train: The training place, as in `CallFacts`; likewise the evaluating one.
        found: The share of distinct evaluated rows that were trained on.
        found_by_chance: What that share would be if the features were independent of each other.
        found_nearly: Of rows of tokens: the share of the others that agree with a trained row in most places, as where texts
            are put together from few pieces.
        covered: The share of distinct training rows that were evaluated.
        switches: How often, going through the evaluated rows, those trained on and those not follow each other, relative to
            what a mixture gives: near 0 where one pass goes over one kind and then over the other.
        rich: Whether rows have so many possible values that equal rows are no accident.
        rows: Evaluated rows that were not trained on; what follows is about them alone.
        overlapping: The share of them that share half of their values or more, in their order, with a trained row that
            begins earlier in the series that both were cut from, and with one that begins later.
        largest_shift: The largest distance of the means of a feature, in training standard deviations.
        shifted: The share of features whose means lie more than one training standard deviation apart; `shifted_back` in
            standard deviations of the evaluated rows.
        noise: The standard error of such a distance.
        standardised: The share of features with mean 0 and deviation 1 among training rows; `standardised_there` among these.
        together: The median correlation of neighbouring features.
        scale: The median ratio of their standard deviations, evaluated to trained.
        scales_differ: The spread of that ratio over features: 1 where it is the same for all.
        factor: One scale that maps the deviations of all features in training rows to these; `offset` is how far all means
            together lie apart, in training standard deviations. `residual` is what the two leave unexplained of the
            means, in standard deviations; `spread_alike` the correlation of the deviations.
        spreads_differ: The standard deviation of the logarithms of the deviations in training rows.
        image: Whether a row is an image.
        otherwise_there: Features, by number, whose mean lies half a standard deviation away or more, or that vary less than
            half as much, the first of them.
        not_evaluated: The share of training rows whose class is not among these rows; `another_has_all_classes` tells whether
            some evaluation of the model has them all.
        another_agrees: Whether another evaluating place of the model gets rows like those trained on.
    """

    train: int
    evaluate: int
    trained: int = 0
    evaluated: int = 0
    distinct: int = 0
    found: float = 0.0
    found_by_chance: float = 0.0
    found_nearly: float = 0.0
    covered: float = 0.0
    switches: float = 1.0
    rich: bool = False
    rows: int = 0
    features: int = 0
    overlapping: float = 0.0
    largest_shift: float = 0.0
    median_shift: float = 0.0
    shifted: float = 0.0
    shifted_back: float = 0.0
    noise: float = 1.0
    standardised: float = 0.0
    standardised_there: float = 0.0
    together: float = 0.0
    scale: float = 1.0
    scales_differ: float = 1.0
    factor: float = 1.0
    offset: float = 0.0
    residual: float = 0.0
    spread_alike: float = 0.0
    spreads_differ: float = 0.0
    image: bool = False
    otherwise_there: tuple[int, ...] = ()
    another_agrees: bool = False
    labels_complete: bool = False
    classes_trained: int = 0
    classes_evaluated: int = 0
    classes_new: int = 0
    rows_of_new_classes: int = 0
    not_evaluated: float = 0.0
    another_has_all_classes: bool = False

    @property
    def rescaled(self) -> bool:
        """Whether the deviations of the two differ by more than a factor of 2, in most features."""
        return not 0.5 <= self.scale <= 2


class InputRowsFacts(Frozen):
    """The inputs that a model is trained on, as it gets them, on the rows that were kept.

    Attributes:
        constant: The share of features that never vary.
        levels: Different values, None where there are many; `step` is set where all are whole multiples of it apart.
        largest_mean: The largest mean of a feature, without sign; likewise the standard deviations of features that vary.
        apart: Features of which one outermost value, in several rows, stands far apart from all others, as a code for "unknown"
            does. Of the one where it is farthest: `apart_value`, in how many rows, and its distance from the others as a
            multiple of their range (`apart_gap`).
        laid_out: Channels that lie one after the other in what the model takes for positions with channels.
        non_finite_rows: Rows with NaN or infinity; `non_finite_reaching` of them have an output that is not finite either.
    """

    site: int
    rows: int
    features: int
    shape: tuple[int, ...] = ()
    mean: float = 0.0
    std: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0
    whole: bool = False
    constant: float = 0.0
    distinct_rows: int = 0
    distinct_targets: int = 0
    levels: int | None = None
    step: float | None = None
    largest_mean: float = 0.0
    largest_std: float = 0.0
    smallest_std: float = 0.0
    typical_std: float = 0.0
    laid_out: int | None = None
    non_finite_rows: int = 0
    non_finite_reaching: int = 0
    apart: int = 0
    apart_value: float = 0.0
    apart_rows: int = 0
    apart_gap: float = 0.0


class LabelOrderFacts(Frozen):
    """The labels of a training place, in the order in which they were trained on.

    Attributes:
        run_rows: Rows of the same label that follow each other, on average.
        labels_a_batch: Different labels in a batch, on average; `labels_a_batch_by_chance` is that of shuffled rows.
        neighbours: Agreement of neighbouring labels beyond chance (Cohen's kappa).
        returns: How often the labels came back to the one that they began with.
        answers_alike: How much commoner the commonest answer of the model is than the commonest truth, on evaluated rows.
        counts: Rows of each class.
        complete: Whether all labels were kept.
    """

    site: int
    batches: int
    batch_rows: float
    classes: int
    run_rows: float
    labels_a_batch: float
    labels_a_batch_by_chance: float
    neighbours: float
    returns: int = 0
    answers_alike: float | None = None
    counts: tuple[int, ...] = ()
    complete: bool = True


class BottleneckFacts(Frozen):
    """A model that is to give back its input through a narrow layer.

    Attributes:
        width: Numbers that the narrowest layer gives on, of `features` numbers that the model gets.
        linear_left: The share of the variance that the best linear reconstruction through as many numbers leaves; `wider_left`
            through `wider` numbers; `model_left` what the model leaves.
    """

    site: int
    layer: str
    width: int
    features: int
    where: Where | None = None
    linear_left: float
    wider: int
    wider_left: float
    model_left: float


class AgreementFacts(Frozen):
    """Whether evaluated rows go with their truths in the way that training rows go with theirs, by simple models.

    Attributes:
        site: The training place; `judged` the evaluating one.
        tokens: Whether a row is a list of token numbers, which the simple models see as counts.
        judged_rows: Evaluated rows.
        model: The score of the model on evaluated rows.
        chance: The share of the commonest class among evaluated rows; `error` is one standard error of it.
        own: The score of simple models on training rows, by cross-validation; `there` likewise on evaluated rows; None where
            the model answers well enough, so that nothing was tried.
        across: The score, on evaluated rows, of simple models that were fitted on training rows.
        another: Whether the model answers another evaluation well.
    """

    site: int
    judged: int
    tokens: bool
    judged_rows: int
    model: float
    chance: float
    error: float
    own: float | None = None
    there: float | None = None
    across: float | None = None
    another: bool = False


class AnswersFacts(Frozen):
    """How well a model answers, beside simple models on the same rows.

    Attributes:
        site: The training place; `judged` the evaluating place whose rows judge, None where the training rows judge the simple
            models by cross-validation.
        task: "classification" (scores are accuracies) or "regression" (R²).
        flat: Whether a row is a list of values, no image or sequence.
        rows: Training rows; `judged_rows` those that judge.
        chance: The score of the commonest class, or of the mean.
        model: The score of the model on the judging rows, None where no truth was seen.
        simple: The score of the best simple model; `simple_name` is which.
        error: One standard error of a score by chance.
        own_score: The best score of simple models on training rows by cross-validation.
        shares: Shares of the classes among training rows; `answered` among the answers on evaluated rows, if they were seen.
        recalls: The share of each class's rows that the model finds; `simple_recalls` a balanced simple model.
        feature: The one feature that answers best alone; `feature_score` how well, and `without_score` the best simple model
            without it.
        entropy: The loss of the best answer that does not look at the input; `loss` is the last mean loss of the training.
        rare_area: The area under the ROC curve of the rarest class, by the model's own scores on judging rows.
        copied: The input that the target is a straight line of, exactly.
        more_score: What simple models gain when half of the judging rows are trained on, too, judged by the other half.
        target_mean: Of an amount, among training rows; likewise its standard deviation.
    """

    site: int
    judged: int | None = None
    task: str
    rows: int
    features: int
    flat: bool = True
    judged_rows: int = 0
    chance: float = 0.0
    model: float | None = None
    simple: float | None = None
    simple_name: str = ""
    error: float = 1.0
    own_score: float | None = None
    shares: tuple[float, ...] = ()
    answered: tuple[float, ...] = ()
    recalls: tuple[float, ...] = ()
    simple_recalls: tuple[float, ...] = ()
    feature: int | None = None
    feature_score: float | None = None
    without_score: float | None = None
    entropy: float | None = None
    loss: float | None = None
    rare_area: float | None = None
    copied: int | None = None
    more_score: float | None = None
    target_mean: float | None = None
    target_std: float | None = None


class ClassAxisFacts(Frozen):
    """Which axis of a model's output [rows, ., .] holds the classes, as its loss shows.

    Attributes:
        shape: The shape of the output of one row.
    """

    model_number: int
    axis: int
    shape: tuple[int, ...]
