"""What the graph of a loss shows: functions on top of each other, how values are weighed, layers without activation."""

from typing import Any

from torch.utils.weak import WeakIdKeyDictionary

from bringup.capture.events import Backward, Operation
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.activations import NAMES, calling_module, describe, note_built
from bringup.capture.torch.graph import (
    ACTIVATIONS,
    REDUCTIONS,
    TOKEN,
    Graph,
    axis_of,
    children,
    name_of,
    place_of,
    shape_of,
    through_views,
)
from bringup.capture.torch.kinds import library_of
from bringup.capture.torch.linearity import linear_layers
from bringup.capture.torch.patterns import OUTER, picked, scores_are_products, softmax_axis, stacked, weighing
from bringup.findings import Where
from bringup.record import ActivationFacts, GraphFacts, LinearFacts, PickFacts, StackFacts, WeighingFacts

LOOKS = 3  # graphs of each place
MOST_PLACES = 20
MOST = 20  # patterns of each kind


class Structure(Observer):
    """Fills `graphs`: one entry for each line of a backward pass, of its last graph that was looked at."""

    close_only = frozenset({"on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[Place | None, GraphFacts] = {}
        self.looks: dict[Place | None, int] = {}
        self.created = WeakIdKeyDictionary()  # a person's module may be equal to another, or not be hashable
        self.weights = WeakIdKeyDictionary()

    def on_module(self, module: Any) -> None:
        """Remember where a module was built."""
        place = self.session.person.place(4)
        if place is not None:
            self.created[module] = place

    def on_operation(self, operation: Operation) -> None:
        """Remember where the layer of an activation function was built."""
        module = calling_module() if operation.name in NAMES else None
        if module is not None and (place := self.created.get(module)) is not None:
            note_built(operation.result, place)

    def on_root(self, root: Any, module: Any) -> None:
        """Remember where the modules of each weight were built."""
        del root
        library = library_of(module)
        for _, part in library.parts(module):
            place = self.created.get(part)
            if place is not None:
                for _, parameter in library.parameters(part):
                    self.weights[parameter] = place

    def on_backward(self, event: Backward) -> None:
        """Look at the first graphs of each line."""
        looks = self.looks.get(event.place, 0)
        if event.graph is None or looks >= LOOKS or (not looks and len(self.looks) >= MOST_PLACES):
            return
        self.looks[event.place] = looks + 1
        self.noted[event.place] = self.look(event, event.graph)

    def look(self, event: Backward, graph: Graph) -> GraphFacts:
        """Look at a graph."""
        root, reduces = graph.root, name_of(graph.root) in REDUCTIONS
        return GraphFacts(
            where=self.where(event.place),
            loss=self.where(event.loss_place),
            reduced="" if not reduces else "mean" if name_of(root).startswith("Mean") else "sum",
            reduced_shape=shape_of(children(root)[0]) if reduces and children(root) else (),
            nodes=len(graph.nodes),
            complete=graph.complete,
            stacks=tuple(self.stack(*found) for found in stacked(graph))[:MOST],
            picks=self.picks(graph),
            weighings=self.weighings(graph),
            outputs=tuple(self.outputs(graph))[:MOST],
            linear=self.linear(graph),
        )

    def where(self, place: Place | None) -> Where | None:
        """A line as findings name it."""
        return self.session.person.where(place)

    def activation(self, node: Any) -> ActivationFacts:
        """Describe an activation function."""
        return describe(node, self.where)

    def stack(self, outer: Any, inner: Any) -> StackFacts:
        """Describe two functions on top of each other."""
        return StackFacts(
            outer=OUTER[name_of(outer)],
            outer_axis=axis_of(outer),
            inner=self.activation(inner),
            where=self.where(place_of(outer)),
        )

    def picks(self, graph: Graph) -> tuple[PickFacts, ...]:
        """Describe how the right class is picked."""
        found = picked(graph)
        if found is None:
            return ()
        by, axis, node, source = found
        return (
            PickFacts.model_validate(
                {"by": by, "axis": axis, "picked": self.activation(source), "where": self.where(place_of(node))}
            ),
        )

    def weighings(self, graph: Graph) -> tuple[WeighingFacts, ...]:
        """Describe the softmaxes that weigh values, one a line."""
        found: dict[Any, WeighingFacts] = {}
        for by, summed, node in weighing(graph):
            place = self.where(place_of(node))
            key = (place, by, summed, softmax_axis(node), len(shape_of(node)))
            if key not in found and len(found) < MOST:
                found[key] = WeighingFacts.model_validate(
                    {
                        "by": by,
                        "axis": softmax_axis(node),
                        "summed": summed,
                        "shape": shape_of(node),
                        "of_products": scores_are_products(node),
                        "where": place,
                    }
                )
        return tuple(found.values())

    def outputs(self, graph: Graph) -> Any:
        """Describe the activation functions that end models."""
        for node in graph.nodes:
            if TOKEN in node.metadata:
                last = through_views(node)
                if last is not None and name_of(last) in ACTIVATIONS:
                    yield self.activation(last)

    def linear(self, graph: Graph) -> LinearFacts | None:
        """Describe layers that amount to one."""
        layers = linear_layers(graph)
        if not layers:
            return None
        built = [self.weights.get(layer.weight) for layer in layers]
        return LinearFacts(
            widths=(layers[0].given, *(layer.made for layer in layers)),
            called=tuple(place for layer in layers if (place := self.where(layer.place)) is not None),
            created=tuple(place for entry in built if (place := self.where(entry)) is not None),
        )

    def facts(self) -> dict[str, Any]:
        """The graphs, in the order of their first looks."""
        return {"graphs": tuple(self.noted.values())} if self.noted else {}
