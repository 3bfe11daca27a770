"""The boundary of the model: the outermost call of a module that owns parameters."""

import functools
import sys
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.events import ModelCall, Present, Root, Site
from bringup.capture.thinning import Level
from bringup.capture.torch.backward import JUDGED
from bringup.capture.torch.steady import CALLED
from bringup.capture.torch.tensors import first_tensor
from bringup.capture.torch.tokens import mark_beginning, mark_end

if TYPE_CHECKING:
    from bringup.capture.session import Session
    from bringup.capture.torch.boundaries import Watch

CLOSE_CALLS = 3  # first calls of each place that are looked at closely
LENS_STEPS = 3
TOLD_CALLS = 8  # in each pass of judging
TOLD_PASSES = 50  # after them, one in so many:
RARELY = 10
TOKEN_EVERY = 5  # calls between windows: of those, one hangs a token into its graph
compiler, in_dynamo = torch.compiler, torch.compiler.is_dynamo_compiling  # `is_compiling` is both, and costs more
grad_enabled, getframe = torch.is_grad_enabled, sys._getframe
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


def is_simple(original: Any) -> bool:
    """Whether a call does nothing but choose between two methods, so that its frame can be saved: there are many a step."""
    code = getattr(original, "__code__", None)
    return code is not None and code.co_names == ("_compiled_call_impl", "_call_impl")


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
        watch, session, roots = self.watch, self.watch.session, self.roots
        simple = is_simple(original)

        @functools.wraps(original)
        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if watch.depth and simple and module._compiled_call_impl is None:
                return module._call_impl(*args, **kwargs)
            if watch.depth or in_dynamo() or compiler._is_compiling_flag or watch.in_backward:
                return original(module, *args, **kwargs)
            steady = watch.steady
            if steady is not None and get_ident() == session.thread:
                frame = getframe(1)
                if not steady.stage:
                    if (
                        steady.model() is module
                        and steady.way.leads_to(frame)
                        and grad_enabled()
                        and (not steady.noting or steady.takes(args, kwargs))
                    ):
                        watch.depth, watch.called = 1, module  # as in `run`, a frame less
                        try:
                            if simple and module._compiled_call_impl is None:
                                output = module._call_impl(*args, **kwargs)
                            else:
                                output = original(module, *args, **kwargs)
                        finally:
                            watch.depth, watch.called = 0, None
                        steady.stage = CALLED
                        try:
                            steady.given = given = args[0]
                            steady.rows += given.size(0)
                        except (AttributeError, IndexError, TypeError):  # no tensor of rows
                            return output
                        if steady.noting:
                            try:
                                steady.note(given, output)
                            except Exception as error:  # noqa: BLE001 - noted
                                session.trouble("steady", error)
                        return output
                elif steady.judge is not None and steady.judge() is module:
                    if frame.f_lasti == steady.judge_at and frame.f_code is steady.judge_code:
                        return original(module, *args, **kwargs)
                    watch.unsteady()
            elif not session.active or get_ident() != session.thread:
                return original(module, *args, **kwargs)
            root = roots.get(id(module))
            if root is None or root.module() is not module or (root.number < 0 and session.detail):
                root = self.root_of(module)
            if root.number < 0:
                watch.trail.judging(root.module, getframe(1))
                return original(module, *args, **kwargs)
            if steady is not None:
                watch.unsteady()
            self.training = module.training
            if session.awake or watch.lens.on_stack:
                return self.call(original, root, module, args, kwargs)
            return self.quietly(original, root, module, args, kwargs)

        return __call__

    def root_of(self, module: Any) -> Root:
        """The root that a module is; its number is `NO_MODEL` where it has no parameters."""
        if not self.has_parameters(module):
            root = self.roots[id(module)] = Root(NO_MODEL, type(module).__name__, weakref.ref(module))
            return root
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
        """Run the outermost call, count it, and tell those who want to hear of it."""
        watch, session = self.watch, self.watch.session
        site = self.site_of(root)
        training = self.training  # calls inside of this one change it
        begins, watch.begins = watch.begins, False
        new_pass, self.last_site = site is not self.last_site, site
        if new_pass or begins:
            site.in_pass = 0
        steps, level = session.steps, level_of(site, session, begins)
        detail = level == Level.CLOSE
        if detail or watch.lens.on_stack:
            self.look(site, root, steps)
        if detail:
            session.emit("before_call", site, module, args, kwargs, True)
        output = self.run(original, module, args, kwargs)
        try:
            if site.grad:
                self.mark(site, output, steps)
            count(site, session.present, training, args, kwargs, output, steps, new_pass)
            if site.grad and site.trained and site.calls > CLOSE_CALLS:
                watch.trail.call(site, session.person.way(getframe(2)))
            if site.grad and (level <= Level.WINDOW or (site.trained and session.breathes)):
                mark_beginning(site, output, steps, site.marked)
            deferred = site.deferred if level == Level.ROWS and len(site.wanted) == 1 else None
            if deferred is not None and deferred.takes(args, kwargs):
                deferred.call(args[0], output, steps)
                level = Level.LIGHT
            watch.level = level
            listeners = session.told[level]["on_call"]
            if listeners:
                call = ModelCall(site, module, args, kwargs, output, steps, detail, new_pass, training, begins)
                session.tell(listeners, call)
        except Exception as error:  # noqa: BLE001 - noted
            session.trouble("modules", error)
        return output

    def quietly(self, original: Any, root: Root, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an outermost call where no events are made: one that trains is only counted."""
        watch, session = self.watch, self.watch.session
        places, grad, site = session.person.places(3), torch.is_grad_enabled(), self.last_site
        if site is None or site.places is not places or site.root is not root or site.grad is not grad:
            site = self.sites.get((places, root.number, grad))
        if site is None or not site.trained or site.calls < CLOSE_CALLS:
            return self.call(original, root, module, args, kwargs)
        deferred = site.deferred
        if site.wanted and (deferred is None or len(site.wanted) > 1 or not deferred.takes(args, kwargs)):
            return self.call(original, root, module, args, kwargs)
        training = self.training
        new_pass, self.last_site = site is not self.last_site, site
        if new_pass or watch.begins:
            site.in_pass, watch.begins = 0, False
        output = self.run(original, module, args, kwargs)
        try:
            if site.grad:
                if site.calls % TOKEN_EVERY == 0 or session.breathes:
                    self.mark(site, output, session.steps)
                else:
                    self.follows(site)
                if session.breathes:
                    mark_beginning(site, output, session.steps, site.marked)
            count(site, session.present, training, args, kwargs, output, session.steps, new_pass)
            if site.grad:
                watch.trail.call(site, session.person.way(getframe(2)))
            if deferred is not None:
                deferred.call(args[0], output, session.steps)
        except Exception as error:  # noqa: BLE001 - noted
            session.trouble("modules", error)
        watch.level = Level.LIGHT
        return output

    def run(self, original: Any, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an outermost call, so that those inside of it are known to be."""
        watch = self.watch
        watch.depth, watch.called = 1, module
        try:
            return original(module, *args, **kwargs)
        finally:
            watch.depth, watch.called = 0, None

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
            site = self.sites[key] = Site(len(self.sites), key[0], root, key[2], first_step=self.watch.session.steps)
        return site

    def mark(self, site: Site, output: Any, steps: int) -> None:
        """Hang a token into the graph of a call, if it has one."""
        if mark_end(site, output, steps, site.marked + 1):
            self.follows(site)

    def follows(self, site: Site) -> None:
        """A call left a graph, which a backward pass may follow."""
        site.marked += 1
        if not site.pending:
            site.pending = True
            self.watch.pending.append(site)


def count(site: Site, present: Present, trains: bool, args: Any, kwargs: Any, output: Any, steps: int, new_pass: bool) -> None:
    """Count a call, and remember it as the present one."""
    site.calls += 1
    site.passes += new_pass
    site.in_pass += 1
    if site.in_pass > site.most:
        site.most = site.in_pass
    site.trains = trains
    site.training += trains
    if steps != site.last_step:
        site.last_step = steps
        site.runs += 1
    present.site = site
    present.follows = getattr(output, "requires_grad", None)
    given = args[0] if args else None
    first = given if isinstance(given, torch.Tensor) else first_tensor(args, kwargs)
    present.given = None if first is not given else weakref.ref(given)
    shape = () if first is None else first.shape
    if shape:
        site.rows += shape[0]
    if site.remembered and first is not None and site.trained:
        present.memory = (first.data_ptr(), shape)


def level_of(site: Site, session: "Session", begins: bool) -> Level:
    """How much a call is worth: one of training by its step, one of judging by its turn in its pass."""
    if site.calls < CLOSE_CALLS:
        return Level.CLOSE
    if site.trained or (site.grad and site.judged < JUDGED):
        told, close = session.window, session.detail
    else:
        turn = site.in_pass
        told = begins or (turn < TOLD_CALLS and (site.passes <= TOLD_PASSES or site.passes % RARELY == 0))
        close = session.detail and turn < CLOSE_CALLS
    if close:
        return Level.CLOSE
    if told:
        return Level.WINDOW
    return Level.ROWS if site.wanted or not (site.in_pass or site.trained) else Level.LIGHT
