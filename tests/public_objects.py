"""What the package offers to its users: every public object with the name under which a user finds it."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

# A name is public where one of these modules lists it.
MODULES = (
    "fastdefect",
    "fastdefect.ops",
    "fastdefect.defects",
    "fastdefect.calibration",
    "fastdefect.detectors",
    "fastdefect.evaluation",
    "fastdefect.large",
    "fastdefect.dask",
    "fastdefect.perf",
    "fastdefect.report",
)


class Public(NamedTuple):
    """A function, a class, a method or a property, and where it was found."""

    name: str
    value: Any
    owner: type | None = None  # the class of a member

    @property
    def is_class(self) -> bool:
        return inspect.isclass(self.value)

    @property
    def is_property(self) -> bool:
        return isinstance(self.value, (property, cached_property))

    @property
    def code(self) -> list[Callable[..., Any]]:
        """The functions that run when a user calls it: of a class, those that construct."""
        if self.is_property:
            return [self.value.fget if isinstance(self.value, property) else self.value.func]
        if self.is_class:
            return [
                vars(self.value)[name]
                for name in ("__new__", "__init__", "__post_init__")
                if _ours(vars(self.value).get(name))
            ]
        return [inspect.unwrap(self.value)]

    @property
    def signature(self) -> inspect.Signature:
        """What a user passes: without ``self`` and ``cls``."""
        found = inspect.signature(self.value)
        bound = self.owner is not None and not isinstance(
            inspect.getattr_static(self.owner, self.name.rpartition(".")[2]),
            (staticmethod, classmethod),
        )
        parameters = list(found.parameters.values())
        return found.replace(parameters=parameters[1:] if bound else parameters)

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.value) or ""

    def raises(self) -> bool:
        """Whether its own code raises: a ``raise`` with a new error, or a call of a ``check_`` function."""
        return any(_raises(function) for function in self.code)


def _ours(value: object) -> bool:
    """Written in this package, not generated (a dataclass's ``__init__``) and not inherited from elsewhere."""
    if not str(getattr(value, "__module__", "")).startswith("fastdefect"):
        return False
    return not inspect.isfunction(value) or value.__code__.co_filename != "<string>"


def _raises(function: Callable[..., Any]) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = name.id if isinstance(name, ast.Name) else name
            if str(name).startswith("check_"):
                return True
    return False


def _members(name: str, owner: type, elsewhere: set[type]) -> Iterator[Public]:
    """What a user may call or read, but for what it inherits unchanged from a class that is public itself."""
    for word in sorted(dir(owner)):
        if word.startswith("_") and word != "__call__":
            continue
        if _home(owner, word) in elsewhere:
            continue
        static = inspect.getattr_static(owner, word)
        if isinstance(static, (property, cached_property)):
            yield Public(f"{name}.{word}", static, owner)
        elif inspect.isroutine(getattr(owner, word)) and _ours(getattr(owner, word)):
            yield Public(f"{name}.{word}", getattr(owner, word), owner)


def _home(owner: type, word: str) -> type | None:
    """The class that defines a member; None for one of a metaclass."""
    return next((parent for parent in owner.__mro__ if word in vars(parent)), None)


def _names(module: Any) -> list[str]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [name for name in listed if not name.startswith("__")]
    return [  # without a list: what it defines, not what it imports from another room
        name
        for name, value in vars(module).items()
        if name[0] != "_"
        and f"{getattr(value, '__module__', '')}.".startswith(f"{module.__name__}.")
    ]


def public_objects() -> list[Public]:
    """All of them, each once, members after their class; one that is inherited unchanged counts where it is defined."""
    named: dict[int, tuple[str, Any]] = {}
    for path in MODULES:
        module = importlib.import_module(path)
        for name in _names(module):
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                # constants and type aliases have no docstring of their own
                named.setdefault(id(value), (f"{path}.{name}", value))
    classes = {value for _, value in named.values() if inspect.isclass(value)}
    found: list[Public] = []
    for name, value in named.values():
        found.append(Public(name, value))
        if inspect.isclass(value) and not issubclass(value, BaseException):
            found.extend(_members(name, value, classes - {value}))
    return found
