"""Docstrings tell a caller what to expect: what a public function raises stands there by its name.

What a private function of the same module raises counts for the public one that calls it, unless it is caught
there. Commands are left out: their docstrings are the help text, and their failures are messages.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.architecture.source import modules

SPECIAL = ("__init__", "__post_init__")  # told by their class
CATCHES_ALL = {"Exception", "BaseException"}


@dataclass(frozen=True, slots=True)
class Body:
    """What a function's own body raises, and which functions of the module it calls, unless caught there."""

    raised: set[str] = field(default_factory=set)
    called: list[tuple[str, frozenset[str]]] = field(default_factory=list)


def caught_by(node: ast.Try) -> frozenset[str]:
    """The names of the exceptions that a `try` catches."""
    types = [handler.type for handler in node.handlers if handler.type]
    parts = [part for each in types for part in ast.walk(each)]
    plain = {part.id for part in parts if isinstance(part, ast.Name)}
    return frozenset(plain | {part.attr for part in parts if isinstance(part, ast.Attribute)})


def raised_class(node: ast.Raise) -> str:
    """The name of the class that is raised; empty where a value that was made elsewhere is."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = ast.unparse(raised).rpartition(".")[2] if raised else ""
    return name if re.fullmatch(r"[A-Z]\w+", name) else ""


def called_function(node: ast.Call) -> str | None:
    """The name of a function of the module, or of a method of the class, that is called."""
    called = node.func
    if isinstance(called, ast.Attribute) and ast.unparse(called.value) in ("self", "cls"):
        return called.attr
    return called.id if isinstance(called, ast.Name) else None


def read(node: ast.AST, body: Body, caught: frozenset[str] = frozenset()) -> Body:
    """Add what stands below a node, without the functions that are defined there."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        inside = caught
        if isinstance(node, ast.Try) and child in node.body:
            inside = caught | caught_by(node)
        if (
            isinstance(child, ast.Raise)
            and (name := raised_class(child))
            and not inside & {name, *CATCHES_ALL}
        ):
            body.raised.add(name)
        if isinstance(child, ast.Call) and (name := called_function(child)):
            body.called.append((name, inside))
        read(child, body, inside)
    return body


def functions(tree: ast.Module) -> Iterator[tuple[ast.ClassDef | None, ast.FunctionDef]]:
    """The functions of a module and the methods of its classes."""
    for owner in (None, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        for node in (owner or tree).body:
            if isinstance(node, ast.FunctionDef):
                yield owner, node


def name_of(owner: ast.ClassDef | None) -> str | None:
    """The name of a class; None of no class."""
    return owner.name if owner else None


def is_public(owner: ast.ClassDef | None, function: ast.FunctionDef) -> bool:
    """Whether others call it by its name; commands and what mypy alone reads are not called."""
    decorators = " ".join(map(ast.unparse, function.decorator_list))
    own = owner is None or not owner.name.startswith("_")
    named = not function.name.startswith("_") or function.name in SPECIAL
    return own and named and "command(" not in decorators and "overload" not in decorators


def raises(owner: ast.ClassDef | None, body: Body, bodies: Mapping[tuple[str | None, str], Body]) -> set[str]:
    """The exceptions that reach the caller, as far as they are raised here or one private call below."""
    reaching = set(body.raised)
    for name, caught in body.called:
        below = bodies.get((name_of(owner), name)) or bodies.get((None, name))
        if below and name.startswith("_") and not caught & CATCHES_ALL:
            reaching |= below.raised - caught
    return reaching


def documented(owner: ast.ClassDef | None, function: ast.FunctionDef) -> str:
    """What a caller reads of it."""
    told = ast.get_docstring(function) or ""
    special = owner is not None and function.name in SPECIAL
    return told + (ast.get_docstring(owner) or "") if special and owner else told


def untold(tree: ast.Module) -> Iterator[str]:
    """The functions of a module that do not say what they raise."""
    bodies = {(name_of(owner), function.name): read(function, Body()) for owner, function in functions(tree)}
    for owner, function in functions(tree):
        if is_public(owner, function):
            text = documented(owner, function)
            found = raises(owner, bodies[name_of(owner), function.name], bodies)
            for name in sorted(found):
                if not (re.search(r"\b[Rr]aises?\b", text) and f"`{name}`" in text):
                    yield f"{function.lineno} {owner.name + '.' if owner else ''}{function.name}: {name}"


def test_a_public_function_says_what_it_raises() -> None:
    assert [f"{path}:{each}" for path, tree in modules() for each in untold(tree)] == []
