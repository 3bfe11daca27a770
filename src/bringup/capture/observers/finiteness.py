"""The first loss that is not finite, and what made it so."""

import math
import weakref
from typing import Any

import torch

from bringup.capture.events import Backward, Operation, Step
from bringup.capture.observer import Observer
from bringup.capture.series import Curve
from bringup.capture.source.complaints import complaints
from bringup.capture.source.person import Place
from bringup.capture.torch.graph import place_of, read_graph
from bringup.capture.torch.risky import risky
from bringup.capture.torch.tracer import Tracer, finite
from bringup.record import NonFiniteFacts, OriginFacts, SuspectFacts

LINES = 3  # graphs whose lines are kept
FEW = 4
MOST_VALUES = 10_000_000  # of a tensor that is looked at while the data are prepared
PREPARING = frozenset(
    {"div", "truediv", "true_divide", "divide", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "pow", "exp", "expm1", "mean",
     "std", "reciprocal", "half"}
)  # fmt: skip


class Finiteness(Observer):
    """Fills `non_finite`. Each backward pass costs a comparison; all else happens once, when the loss breaks.

    In a second run, at the step that is traced, every operation is looked at.
    """

    in_windows = frozenset({"after_backward", "after_step"})
    rests = True  # of a loss that is not finite an event is made in any case

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.lines: dict[tuple[str, int], Place] = {}
        self.graphs = 0
        self.optimizers: weakref.WeakSet[Any] = weakref.WeakSet()
        self.prepared: list[tuple[str, Place]] = []
        self.broken: NonFiniteFacts | None = None
        self.tracer: Tracer | None = Tracer(session.person) if session.trace is not None else None

    @property
    def tracing(self) -> bool:
        """Whether this step is looked at, operation by operation."""
        return self.tracer is not None and self.session.steps == self.session.trace

    def on_operation(self, operation: Operation) -> None:
        """Trace; and before the training, note what makes values that are not finite out of finite ones."""
        if self.tracer is not None and self.tracing:
            self.tracer.see(operation)
        elif not self.session.curves and not operation.inside_model and operation.name.strip("_") in PREPARING:
            self.prepare(operation)

    def prepare(self, operation: Operation) -> None:
        """Note an operation on the data."""
        made = operation.result
        if len(self.prepared) < FEW and isinstance(made, torch.Tensor) and made.numel() <= MOST_VALUES and not finite(made):
            given = [value for value in operation.args if isinstance(value, torch.Tensor)]
            if operation.place is not None and all(finite(tensor) for tensor in given):
                self.prepared.append((operation.name.strip("_"), operation.place))

    def on_backward(self, event: Backward) -> None:
        """Look at the value of the loss."""
        if self.tracer is not None and self.tracing:
            self.tracer.before(event)
        value = event.value
        if value is None or self.broken is not None:
            return
        if value - value != 0:  # NaN and the infinities alone
            self.broken = self.examine(event, value)
            return
        if event.graph is not None and self.graphs < LINES:
            self.keep_lines(event.graph.nodes)

    def after_backward(self, event: Backward) -> None:
        """The traced pass is over."""
        del event
        if self.tracer is not None:
            self.tracer.after()

    def after_step(self, step: Step) -> None:
        """Trace the update."""
        if step.number >= len(self.optimizers):
            self.optimizers.add(step.optimizer)
        if self.tracer is not None and self.tracing:
            self.tracer.after_step(step)
            if step.number == 0:
                self.tracer.release()

    def keep_lines(self, nodes: list[Any]) -> None:
        """Keep the lines of risky operations: the lens sees them in the first steps only, the graph is the same later."""
        self.graphs += 1
        for function, number, node in risky(nodes):
            place = place_of(node)
            if place is not None:
                self.lines.setdefault((function, number), place)

    def examine(self, event: Backward, value: float) -> NonFiniteFacts:
        """What can be known without a second run."""
        root = event.roots[0]
        where = self.session.person.where
        graph = event.graph or (read_graph(root.grad_fn) if root.grad_fn is not None else None)
        spoiled = graph is not None and not all(finite(leaf) for leaf in graph.leaves)
        seen = known(self.session.curves.get(event.place))
        present = self.session.present
        inputs = any(not finite(tensor) for tensor in (alive(present.given), alive(present.target)) if tensor is not None)
        made = (self.prepared or complaints(self.session.person)) if inputs else []
        suspects = risky(graph.nodes) if graph is not None else []
        return NonFiniteFacts(
            step=event.step,
            value="nan" if math.isnan(value) else "inf" if value > 0 else "-inf",
            where=where(event.loss_place),
            weights=spoiled,
            inputs=inputs,
            origin=OriginFacts(phase="prepared", operation=made[0][0], where=where(made[0][1])) if made else None,
            first=seen.first if seen else None,
            largest=seen.largest if seen else None,
            last=seen.last if seen else None,
            trace=event.step - 1 if spoiled and event.step else event.step,
            suspects=tuple(
                SuspectFacts(operation=function, where=where(self.lines.get((function, number)) or place_of(node)))
                for function, number, node in suspects[:FEW]
            ),
        )

    def at_end(self) -> None:
        """Find weights that the last step of all has spoiled: no loss came after it to tell."""
        if self.broken is None and self.session.steps:
            weights = [w for optimizer in self.optimizers for group in optimizer.param_groups for w in group["params"]]
            if not all(finite(weight) for weight in weights):
                seen = known(next(iter(self.session.curves.values()), None))
                self.broken = NonFiniteFacts(
                    step=self.session.steps,
                    value="nan",
                    weights=True,
                    first=seen.first if seen else None,
                    largest=seen.largest if seen else None,
                    last=seen.last if seen else None,
                    trace=self.session.steps - 1,
                )

    def facts(self) -> dict[str, Any]:
        """What is known."""
        if self.tracer is not None:
            trace = self.session.trace or 0
            base = self.broken or NonFiniteFacts(step=trace, value="nan")
            return {"non_finite": base.model_copy(update={"traced": True, "origin": self.tracer.origin})}
        return {} if self.broken is None else {"non_finite": self.broken}


def known(curve: Curve | None) -> Curve | None:
    """A curve that has finite values, with all of them."""
    if curve is None:
        return None
    curve.settle()
    return curve if curve.first is not None else None


def alive(reference: weakref.ref[torch.Tensor] | None) -> torch.Tensor | None:
    """What is still there."""
    return None if reference is None else reference()
