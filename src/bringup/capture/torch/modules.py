"""The boundary of the model: the outermost call of a module that owns parameters."""

import functools
import weakref
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.events import ModelCall, Root, Site, Token
from bringup.capture.torch.graph import TOKEN, write
from bringup.capture.torch.lens import node_of
from bringup.capture.torch.tensors import tensors_in

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

CLOSE_CALLS = 3  # first calls of each place that are looked at closely
LENS_STEPS = 3
NO_MODEL = -1  # the number of a module without parameters: a loss, an activation


def install(watch: "Watch") -> None:
    """See modules where they are built and where they are called."""
    calls = Calls(watch)
    watch.patches.replace(nn.Module, "__init__", lambda original: built(watch, original))
    watch.patches.replace(nn.Module, "__call__", calls.wrapped)


def built(watch: "Watch", original: Any) -> Any:
    """Tell where a module was built."""

    @functools.wraps(original)
    def __init__(module: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
        original(module, *args, **kwargs)
        if watch.session.watching:
            watch.session.creations.note(module, 2)
            watch.session.emit("on_module", module)

    return __init__


class Calls:
    """The outermost calls: which module, from which place."""

    of_library = False

    def __init__(self, watch: "Watch") -> None:
        self.watch = watch
        self.roots: dict[int, Root] = {}
        self.numbers = 0
        self.sites: dict[Any, Site] = {}
        self.last_site: Site | None = None
        self.training = True

    def wrapped(self, original: Any) -> Any:
        """A call that is told of where it is an outermost one."""
        watch, compiling = self.watch, torch.compiler.is_compiling

        @functools.wraps(original)
        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if watch.depth or compiling() or watch.in_backward or not watch.session.watching:
                return original(module, *args, **kwargs)
            root = self.root_of(module)
            if root is None:
                return original(module, *args, **kwargs)
            self.training = module.training
            return self.call(original, root, module, args, kwargs)

        return __call__

    def root_of(self, module: Any) -> Root | None:
        """The root that a module is; None where it has no parameters."""
        known = self.roots.get(id(module))
        if known is not None and known.module() is module and (known.number >= 0 or not self.watch.session.detail):
            return known if known.number >= 0 else None
        if not self.has_parameters(module):
            self.roots[id(module)] = Root(NO_MODEL, type(module).__name__, weakref.ref(module))
            return None
        compiled = type(module).__name__ == "OptimizedModule"
        root = Root(self.numbers, type(module).__name__, weakref.ref(module), compiled, self.of_library)
        self.numbers += 1
        self.roots[id(module)] = root
        self.watch.session.emit("on_root", root, module)
        return root

    def has_parameters(self, module: Any) -> bool:
        """Whether a module owns any."""
        return next(module.parameters(), None) is not None

    def call(self, original: Any, root: Root, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the outermost call, and tell of it."""
        watch, session = self.watch, self.watch.session
        site = self.site_of(root)
        new_pass = site is not self.last_site
        self.last_site = site
        steps, training = session.steps, self.training
        detail = site.calls < CLOSE_CALLS or session.detail
        self.look(site, root, steps)
        if detail:
            session.emit("before_call", site, module, args, kwargs, True)
        watch.depth, watch.called = 1, module
        try:
            output = original(module, *args, **kwargs)
        finally:
            watch.depth, watch.called = 0, None
        if site.grad:
            self.mark(site, output, steps)
        site.calls += 1
        call = ModelCall(site, module, args, kwargs, output, steps, detail, new_pass, training)
        session.emit("on_call", call, light=not detail)
        return output

    def look(self, site: Site, root: Root, steps: int) -> None:
        """Open the lens where the next operations are worth it, close it where not."""
        lens, trace = self.watch.lens, self.watch.session.trace
        worth = steps < LENS_STEPS or site.calls < CLOSE_CALLS - 1 or steps == trace
        if worth and not root.compiled:
            if not lens.wanted or steps == trace:
                lens.open()
        elif lens.on_stack:
            lens.close()

    def site_of(self, root: Root) -> Site:
        """The place that the program calls from."""
        key = (self.watch.session.person.places(4), root.number, torch.is_grad_enabled())
        site = self.sites.get(key)
        if site is None:
            site = self.sites[key] = Site(len(self.sites), key[0], root, key[2])
        return site

    def mark(self, site: Site, output: Any, steps: int) -> None:
        """Hang a token into the graph where the model ends, so that a backward pass finds which calls it came from."""
        token = None
        for tensor in (output,) if isinstance(output, torch.Tensor) else tensors_in(output):
            node = node_of(tensor)
            if node is not None:
                token = token or Token(site, steps)
                write(node, TOKEN, token)
        if token is not None and not site.pending:
            site.pending = True
            self.watch.pending.append(site)
