"""Watching a loop from within, for notebooks and larger programs: `with bringup.watch(optimizer) as watched: …`."""

import sys
import time
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from bringup.capture.watching import Watching
from bringup.diagnosis.diagnosis import Diagnosis, Timing
from bringup.diagnosis.examining import checked
from bringup.diagnosis.judging import as_run, judged
from bringup.diagnosis.settings import Settings
from bringup.errors import BringupError

NAME = "watch"


class Watch(Watching):
    """What a `with bringup.watch(…)` block has seen; notebooks show it as its verdict.

    Attributes:
        record: What was measured; None while the block is open.
    """

    def __init__(self, *, optimizers: tuple[Any, ...], root: Path | None, settings: Settings) -> None:
        super().__init__(root=root, optimizers=optimizers, name=NAME)
        self.settings = settings

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is wrong, ranked; the same document as that of `bringup check`.

        Raises:
            BringupError: if the block is still open.
        """
        if self.record is None:
            raise BringupError("the `watch` block is still open", do="ask for its diagnosis after the block")
        began = time.monotonic()
        facts = self.record.need("program")
        examined = checked(self.record, self.settings.checks(), self.settings)
        took = facts.seconds + time.monotonic() - began
        return Diagnosis(
            script=NAME,
            verdict=judged(NAME, as_run(facts), examined.findings, examined.checks),
            findings=examined.findings,
            checks=examined.checks,
            timing=Timing(script_s=round(facts.seconds, 3), check_s=round(took, 3)),
        )

    def __repr__(self) -> str:
        return "<Watch: open>" if self.record is None else f"<Watch: {self.diagnosis.verdict.summary}>"

    def _repr_html_(self) -> str:
        if self.record is None:
            return "<p>The block is still open.</p>"
        from bringup.report.check_html import render_check_html

        page = escape(render_check_html(self.diagnosis))
        return f'<iframe style="width:100%;height:70vh;border:0" srcdoc="{page}"></iframe>'


def watch(*optimizers: Any, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> Watch:
    """Watch what a `with` block trains.

        with bringup.watch(optimizer) as watched:
            for batch in loader: …
        watched.diagnosis.verdict.summary

    Nothing that the block computes changes. Lines are known for what happens inside the block; of models and optimizers that
    were built before, the line of their use is named.

    Args:
        optimizers: Those that were built before the block; models may be named, too, and are found anyway.
        select: Only these checks, by code, beginning of a code, name or family.
        ignore: All but these.

    Raises:
        BringupError: if a name means no check.
    """
    file = sys._getframe(1).f_code.co_filename
    root = Path(file).parent if Path(file).is_file() else None
    settings = Settings().over(select=select, ignore=ignore)
    settings.checks()
    return Watch(optimizers=tuple(o for o in optimizers if hasattr(o, "param_groups")), root=root, settings=settings)
