"""Other lines and facts that have to do with an exception: loaders, output layers, what the graph of a backward pass tells."""

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.source.person import Place
from bringup.capture.torch import failed_backward
from bringup.capture.torch.frames import Seen
from bringup.findings import Where

if TYPE_CHECKING:
    from bringup.capture.observers.failures import Failures


def context(message: str, frames: list[Seen], loss: Seen | None, seen: "Failures") -> tuple[dict[str, Where], dict[str, Any]]:
    """Other lines and facts that have to do with it."""
    where, creations = seen.session.person.where, seen.session.creations
    places: dict[str, Any] = {}
    related: dict[str, Any] = {}
    loader = seen.loader() if seen.loader is not None else None
    if loader is not None:
        places["loader"] = where(creations.place(loader))
        related |= {"batch_size": getattr(loader, "batch_size", None), "drop_last": bool(getattr(loader, "drop_last", False))}
    present = seen.session.present
    model = present.site.root.module() if present.site is not None else None
    if loss is not None:
        related_loss(loss, model, seen, places, related)
    if present.backward is not None:
        related_backward(message, model, seen, places, related)
    for entry in frames:
        if entry.function == "load_state_dict" and "missing_keys" in entry.names:
            related |= {
                name: list(entry.names.get(name, ()))[:50] for name in ("missing_keys", "unexpected_keys", "error_msgs")
            }
    return {name: place for name, place in places.items() if place is not None}, related


def related_loss(
    loss: Seen, model: nn.Module | None, seen: "Failures", places: dict[str, Any], related: dict[str, Any]
) -> None:
    """The layer that decides the number of outputs, and the line where rows were mixed with columns."""
    where, creations = seen.session.person.where, seen.session.creations
    given, target = loss.names.get("input"), loss.names.get("target")
    if not isinstance(given, torch.Tensor) or not isinstance(target, torch.Tensor):
        return
    if given.dim() and target.dim() and given.shape[0] != target.shape[0]:
        places["misshaped"] = where(failed_backward.misshaped_at(given, int(given.shape[0])))
    width = int(given.shape[1]) if given.dim() > 1 else 1
    related["classes"] = width
    for module in reversed(list(model.modules()) if model is not None else []):
        if getattr(module, "out_features", getattr(module, "out_channels", None)) == width:
            places["output layer"] = where(creations.place(module))
            return


def related_backward(
    message: str, model: nn.Module | None, seen: "Failures", places: dict[str, Any], related: dict[str, Any]
) -> None:
    """What the graph tells of a backward pass that failed."""
    where, event = seen.session.person.where, seen.session.present.backward
    assert event is not None
    root = event.roots[0] if event.roots else None
    if root is None:
        return
    places["loss"] = where(event.loss_place)
    related["root_shape"] = list(root.shape)
    if root.grad_fn is None:
        related_cut(root, model, seen, places, related)
        return
    before = seen.session.present.root
    related["same_loss"] = before is not None and before() is root
    calls = failed_backward.reached(root.grad_fn)
    related["step"] = event.step
    for name, tokens in (("added up", calls.nearest), ("handed on", calls.below)):
        older = [token for token in tokens if token.step < event.step]
        if older:
            related[name] = min(token.step for token in older)
            places[name] = where(older[-1].site.places[0]) if older[-1].site.places else None
    related_change(message, root, model, seen, places, related)


def related_cut(
    root: torch.Tensor, model: nn.Module | None, seen: "Failures", places: dict[str, Any], related: dict[str, Any]
) -> None:
    """Why a loss has no gradient to follow."""
    where, present = seen.session.person.where, seen.session.present
    site = present.site
    frozen = model is not None and not any(p.requires_grad for p in model.parameters())
    loss = present.loss() if present.loss is not None else None
    related |= {"frozen": frozen, "grad_mode": site.grad if site is not None else None}
    related["loss_is_another"] = loss is not None and loss is not root
    related["loss_had_gradient"] = loss is not None and loss.requires_grad
    if present.follows is False and site is not None and site.grad and not frozen:
        related["off_inside"] = True
        places["off inside"] = where(decorated(model)) or where(seen.off)
    if site is not None and site.places:
        places["call"] = where(site.places[0])
    if seen.cuts:
        related["cut"] = seen.cuts[-1][0]
        places["cut"] = where(seen.cuts[-1][1])
    places["loss function"] = where(present.loss_place)


def related_change(
    message: str, root: torch.Tensor, model: nn.Module | None, seen: "Failures", places: dict[str, Any], related: dict[str, Any]
) -> None:
    """What was changed in place, by what, and what had made it."""
    changed = failed_backward.changed_tensor(message)
    if changed is None:
        return
    where, stepped = seen.session.person.where, seen.session.present.step_place
    shape, function = changed
    related |= {"changed_shape": list(shape), "made_by": function}
    places["made"] = where(failed_backward.made_at(root.grad_fn, shape, function))
    for entry, name, place_ in reversed(seen.changes):
        if entry == shape:
            related["changed_by"] = name
            places["changed"] = where(place_)
            return
    sizes = {tuple(p.shape) for p in model.parameters()} if model is not None else set()
    if (shape in sizes or shape[::-1] in sizes) and stepped is not None:
        related["changed_by"] = "optimizer.step"
        places["changed"] = where(stepped)


def decorated(model: nn.Module | None) -> Place | None:
    """The line of a decorator on a model's forward pass, such as `@torch.no_grad()`."""
    inner = getattr(type(model).forward, "__wrapped__", None) if model is not None else None
    code = getattr(inner, "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)
