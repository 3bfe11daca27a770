"""Other results of torch functions, where the program calls them itself or in a module that it calls."""

from typing import TYPE_CHECKING, Any, ClassVar

from torch.overrides import TorchFunctionMode

from bringup.probes.trial.intervention import Intervention
from bringup.probes.trial.place import Line

if TYPE_CHECKING:
    from bringup.capture.session import Session
    from bringup.capture.torch.boundaries import Watch

AS_IT_IS: Any = object()
SWITCHES = frozenset({"set_grad_enabled"})  # a mode sees them, too


class ChangedOperations(Intervention):
    """The base of changes of single operations.

    Attributes:
        names: Of the functions that are changed; all where it is empty.
        line: Where.
    """

    names: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, session: "Session", options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.line = Line(session, options)
        self.mode = Seeing(self)

    def install(self, watch: "Watch") -> None:
        """See every function from now on."""
        del watch
        self.mode.__enter__()

    def uninstall(self) -> None:
        """See no more."""
        self.mode.__exit__(None, None, None)

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The other result, or `AS_IT_IS`. To be written by those that change something."""
        raise NotImplementedError


class Seeing(TorchFunctionMode):
    """Hands functions over to a change; what a change computes itself is not seen."""

    def __init__(self, change: ChangedOperations) -> None:
        super().__init__()
        self.change = change

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function, or what stands in for it."""
        kwargs = kwargs or {}
        change = self.change
        session = change.session
        name = name_of(func)
        wanted = name in change.names if change.names else name not in SWITCHES
        if not wanted or session.telling or not session.watching or not change.line.here(2):
            return func(*args, **kwargs)
        result = change.change(name, func, args, kwargs)
        if result is AS_IT_IS:
            return func(*args, **kwargs)
        change.acted += 1
        return result


def name_of(function: Any) -> str:
    """The plain name of a function: "sqrt" for `Tensor.sqrt`, "truediv" for the operator, "data" for the attribute."""
    name = getattr(function, "__name__", "")
    if name == "__get__":
        return getattr(getattr(function, "__self__", None), "__name__", name)
    return name.strip("_")
