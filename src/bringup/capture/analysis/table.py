"""All analyses of captured rows: which section of the record each fills."""

from collections.abc import Callable, Iterator
from typing import Any

from bringup.capture.analysis.agreement import agreements_of
from bringup.capture.analysis.answers import answers_facts
from bringup.capture.analysis.axes import class_axis_of
from bringup.capture.analysis.bottleneck import bottleneck_of
from bringup.capture.analysis.inputs import inputs_of
from bringup.capture.analysis.order import order_of
from bringup.capture.analysis.parts import parts_of
from bringup.capture.analysis.sites import Group, all_rows, groups
from bringup.capture.captured import Captured
from bringup.record import Record

Analysis = Callable[[Group, Record], Iterator[Any]]


def one(found: Any) -> Iterator[Any]:
    """A fact, if there is one."""
    if found is not None:
        yield found


ANALYSES: dict[str, Analysis] = {
    "input_rows": lambda group, _: one(inputs_of(group)),
    "parts": lambda group, _: iter(parts_of(group)),
    "label_order": lambda group, _: one(order_of(group)),
    "answers": lambda group, record: one(answers_facts(group, record)),
    "class_axes": lambda group, record: one(class_axis_of(group, record)),
    "agreements": lambda group, _: iter(agreements_of(group)),
    "bottlenecks": lambda group, record: one(bottleneck_of(group, record)),
}


def analyse(captured: Captured) -> tuple[dict[str, tuple[Any, ...]], tuple[str, ...]]:
    """The sections of the record, and which analyses failed: one must not cost the others their facts."""
    sections: dict[str, tuple[Any, ...]] = {}
    troubles: list[str] = []
    found = list(groups(all_rows(captured)))
    for name, analysis in ANALYSES.items():
        facts: list[Any] = []
        for group in found:
            try:
                facts.extend(analysis(group, captured.record))
            except Exception as error:  # noqa: BLE001 - the person's data may be anything; told in the record
                troubles.append(f"{name}: {type(error).__name__}: {error}")
        if facts:
            sections[name] = tuple(facts)
    return sections, tuple(troubles)
