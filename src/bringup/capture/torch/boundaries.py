"""The boundaries of a training in torch: what is hooked, and the events that it makes.

Measured: global forward hooks make every submodule take the slow path, so the call itself is replaced, and only the outermost
one does work; a dispatch mode or hooks on every operation would cost milliseconds a step.
"""

import weakref
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.events import Batch, ModelCall, Root, Site, Step, Token
from bringup.capture.session import in_detail
from bringup.capture.torch import backward, losses
from bringup.capture.torch.graph import TOKEN
from bringup.capture.torch.lens import BEFORE, Lens
from bringup.capture.torch.patching import Patches
from bringup.capture.torch.tensors import tensors_in

if TYPE_CHECKING:
    from bringup.capture.session import Session

CLOSE_CALLS = 3  # first calls of each place that are looked at closely
LENS_STEPS = 3
NO_MODEL = object()


def watch(session: "Session") -> "Watch":
    """Hook into torch for a session, with all its observers."""
    from bringup.capture.observers.table import observers

    made = Watch(session)
    session.add(*(observer(session) for observer in observers()))
    made.install()
    return made


class Watch:
    """The hooks, and what they need to know from one event to the next."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.patches = Patches()
        self.lens = Lens(self)
        self.depth = 0
        self.in_backward = False
        self.in_loss = False
        self.roots: dict[int, Root | object] = {}
        self.numbers = 0
        self.sites: dict[Any, Site] = {}
        self.last_site: Site | None = None
        self.pending: list[Site] = []
        self.optimizers: dict[int, int] = {}
        self.loaders: dict[int, Any] = {}

    @property
    def detail(self) -> bool:
        """Whether this step is looked at closely."""
        return in_detail(self.session.steps) or self.session.steps == self.session.trace

    def install(self) -> None:
        """Hook in; `session.uninstall` undoes it."""
        replace = self.patches.replace
        replace(nn.Module, "__call__", self.module_call)
        replace(nn.Module, "__init__", self.module_init)
        losses.install(self)
        backward.install(self)
        self.install_optimizers()
        self.install_loaders()
        replace(torch.nn.utils, "clip_grad_norm_", self.clip)
        self.session.undo.append(self.patches.undo)
        self.session.undo.append(self.lens.close)
        self.lens.open(BEFORE)

    # modules

    def module_init(self, original: Any) -> Any:
        """Tell where a module was built."""

        def __init__(module: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
            original(module, *args, **kwargs)
            if self.session.watching:
                self.session.emit("on_module", module)

        return __init__

    def module_call(self, original: Any) -> Any:
        """See the outermost call of a module that owns parameters."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if self.depth or torch.compiler.is_compiling() or self.in_backward or not self.session.watching:
                return original(module, *args, **kwargs)
            root = self.root_of(module)
            if root is None:
                return original(module, *args, **kwargs)
            return self.call(original, root, module, args, kwargs)

        return __call__

    def root_of(self, module: Any) -> Root | None:
        """The root that a module is; None where it has no parameters."""
        known = self.roots.get(id(module))
        if isinstance(known, Root) and known.module() is module:
            return known
        if known is NO_MODEL and next(module.parameters(), None) is None:
            return None
        if next(module.parameters(), None) is None:
            self.roots[id(module)] = NO_MODEL
            return None
        compiled = type(module).__name__ == "OptimizedModule"
        root = Root(self.numbers, type(module).__name__, weakref.ref(module), compiled)
        self.numbers += 1
        self.roots[id(module)] = root
        self.session.emit("on_root", root, module)
        return root

    def call(self, original: Any, root: Root, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the outermost call, and tell of it."""
        session = self.session
        site = self.site_of(root)
        new_pass = site is not self.last_site
        self.last_site = site
        detail = site.calls < CLOSE_CALLS or self.detail
        self.look(site, root)
        if detail:
            session.emit("before_call", site, module, args, kwargs, True)
        self.depth = 1
        try:
            output = original(module, *args, **kwargs)
        finally:
            self.depth = 0
        if site.grad:
            self.mark(site, output)
        site.calls += 1
        session.emit("on_call", ModelCall(site, module, args, kwargs, output, session.steps, detail, new_pass))
        return output

    def look(self, site: Site, root: Root) -> None:
        """Open the lens where the next operations are worth it, close it where not."""
        session = self.session
        worth = session.steps < LENS_STEPS or site.calls < CLOSE_CALLS - 1 or session.steps == session.trace
        if worth and not root.compiled:
            if not self.lens.wanted or session.steps == session.trace:
                self.lens.open()
        elif self.lens.on_stack:
            self.lens.close()

    def site_of(self, root: Root) -> Site:
        """The place that the program calls from."""
        key = (self.session.person.places(4), root.number, torch.is_grad_enabled())
        site = self.sites.get(key)
        if site is None:
            site = self.sites[key] = Site(len(self.sites), key[0], root, key[2])
        return site

    def mark(self, site: Site, output: Any) -> None:
        """Hang a token into the graph where the model ends, so that a backward pass finds which calls it came from."""
        token = None
        for tensor in tensors_in(output):
            if tensor.grad_fn is not None:
                token = token or Token(site, self.session.steps)
                tensor.grad_fn.metadata[TOKEN] = token
        if token is not None and not site.pending:
            site.pending = True
            self.pending.append(site)

    # optimizers

    def install_optimizers(self) -> None:
        """Hook into every optimizer, schedulers and their steps."""
        from torch.optim.lr_scheduler import LRScheduler
        from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

        self.patches.call_later(register_optimizer_step_pre_hook(self.before_step).remove)
        self.patches.call_later(register_optimizer_step_post_hook(self.after_step).remove)
        self.patches.replace(torch.optim.Optimizer, "__init__", self.optimizer_init)
        self.patches.replace(LRScheduler, "step", self.schedule)

    def optimizer_init(self, original: Any) -> Any:
        """Tell where an optimizer was built."""

        def __init__(optimizer: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
            original(optimizer, *args, **kwargs)
            if self.session.watching:
                self.session.emit("on_optimizer", optimizer, self.session.person.place(2))

        return __init__

    def schedule(self, original: Any) -> Any:
        """Tell of a scheduler's step, but for the one in its construction."""

        def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(scheduler, *args, **kwargs)
            if self.session.watching and getattr(scheduler, "_is_initial", False) is False:
                self.session.emit("on_schedule", scheduler, self.session.person.place(2), self.session.steps)
            return result

        return step

    def before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Tell that a step begins."""
        if self.session.watching:
            self.session.emit("on_step", self.step_of(optimizer, len(args) > 1 or kwargs.get("closure") is not None))

    def step_of(self, optimizer: Any, closure: bool) -> Step:
        """The step that an optimizer makes now."""
        number = self.optimizers.setdefault(id(optimizer), len(self.optimizers))
        return Step(optimizer, number, self.session.person.place(3), self.session.steps, self.detail, closure)

    def after_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Tell that a step was made, and count those of the first optimizer."""
        if not self.session.watching:
            return
        step = self.step_of(optimizer, len(args) > 1 or kwargs.get("closure") is not None)
        self.session.emit("after_step", step)
        if step.number == 0:
            self.session.counted(steps=1)

    # data

    def install_loaders(self) -> None:
        """See each pass over a data loader, and each batch."""
        from torch.utils.data.dataloader import DataLoader, _BaseDataLoaderIter

        self.patches.replace(DataLoader, "__iter__", self.loader_iter)
        self.patches.replace(_BaseDataLoaderIter, "__next__", self.loader_next)

    def loader_iter(self, original: Any) -> Any:
        """Tell that a pass begins."""

        def __iter__(loader: Any) -> Any:  # noqa: N807 - it takes that place
            iterator = original(loader)
            if self.session.watching:
                self.loaders[id(iterator)] = [weakref.ref(loader), 0]
                self.session.emit("on_loader", loader, self.session.person.place(2))
            return iterator

        return __iter__

    def loader_next(self, original: Any) -> Any:
        """Tell of a batch."""

        def __next__(iterator: Any) -> Any:  # noqa: N807 - it takes that place
            try:
                value = original(iterator)
            except StopIteration:
                self.loaders.pop(id(iterator), None)
                raise
            known = self.loaders.get(id(iterator))
            if known is not None and self.session.watching:
                self.session.emit(
                    "on_batch", Batch(known[0](), value, self.session.person.place(2), known[1], self.session.steps)
                )
                known[1] += 1
            return value

        return __next__

    def clip(self, original: Any) -> Any:
        """Tell of gradients clipped by their norm."""

        def clip_grad_norm_(parameters: Any, max_norm: float, *args: Any, **kwargs: Any) -> Any:
            kept = parameters if isinstance(parameters, torch.Tensor) else list(parameters)
            norm = original(kept, max_norm, *args, **kwargs)
            if self.session.watching:
                self.session.emit("on_clip", kept, max_norm, norm, self.session.person.place(2), self.session.steps)
            return norm

        return clip_grad_norm_
