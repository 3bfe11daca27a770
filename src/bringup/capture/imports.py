"""Do something right after a module was imported, whoever imports it and whenever."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class AfterImport(MetaPathFinder):
    """A finder that lets the usual ones find a module, and calls back once the module has run.

    Args:
        actions: What to do after which module. An action runs at most once.
    """

    def __init__(self, actions: dict[str, Callable[[], None]]) -> None:
        self.actions = dict(actions)

    def install(self) -> None:
        """Act now for what is imported already, and from now on after each import."""
        for name in [name for name in self.actions if is_complete(name)]:
            self.actions.pop(name)()
        sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Leave the chain of finders as it was."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module with the other finders, and wrap its loader."""
        del path, target
        if fullname not in self.actions:
            return None
        action = self.actions.pop(fullname)
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            self.actions[fullname] = action
            return None
        spec.loader = Then(spec.loader, action)
        return spec


class Then(Loader):
    """A loader that acts after the module ran; it is the original in all else."""

    def __init__(self, loader: Any, action: Callable[[], None]) -> None:
        self.loader, self.action = loader, action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create the module as the original does."""
        created: ModuleType | None = self.loader.create_module(spec)
        return created

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with the original loader in its place, then act."""
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        module.__loader__ = self.loader
        self.loader.exec_module(module)
        self.action()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)


def is_complete(name: str) -> bool:
    """Whether a module is imported to its end."""
    module = sys.modules.get(name)
    return module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False)
