"""Which line of a watched program a finding names."""

from bringup.findings import Where
from bringup.record import CallFacts, Record, SourceFacts


def call_of(record: Record, site: int) -> CallFacts | None:
    """The place from which a model is called."""
    return next((call for call in record.calls or () if call.site == site), None)


def source_of(record: Record, site: int) -> SourceFacts:
    """Where the data of a place come from."""
    return next((source for source in record.sources or () if source.site == site), SourceFacts(site=site))


def input_line(record: Record, site: int) -> Where | None:
    """The line that makes the inputs of a place; else the one that builds their loader, else the call of the model."""
    source, call = source_of(record, site), call_of(record, site)
    return source.input or source.loader or (call.where if call is not None else None)


def target_line(record: Record, site: int) -> Where | None:
    """The line that makes the targets of a place; else the line of the training loss."""
    source = source_of(record, site)
    return source.target or loss_line(record) or input_line(record, site)


def loss_line(record: Record) -> Where | None:
    """The line that builds the loss that trains; else the one that calls it."""
    training = [loss for loss in record.losses or () if loss.training]
    if not training:
        return None
    most = max(training, key=lambda loss: loss.training)
    built = [entry.where for entry in record.criteria or () if entry.function == most.function and entry.where is not None]
    return built[0] if len(built) == 1 else most.where


def split_line(record: Record) -> Where | None:
    """The line that parted the rows, where it was seen."""
    if record.preparation is None or not record.preparation.splits:
        return None
    return record.preparation.splits[-1].where
