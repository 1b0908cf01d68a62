"""The source of the product, as the tests of its structure read it."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "graph", "fhir_profiles")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The source files of the product, by their path from the root."""
    yield from _parsed()


@cache
def definitions() -> Mapping[str, frozenset[str]]:
    """The names that each source file gives to something."""
    return {path: frozenset(_defined(tree)) for path, tree in modules()}


def _defined(tree: ast.Module) -> set[str]:
    """The names that a module gives to something: classes, functions, attributes, constants."""
    named = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef))
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.name for node in named} | {node.id for node in names if isinstance(node.ctx, ast.Store)}


@cache
def _parsed() -> tuple[tuple[str, ast.Module], ...]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return tuple(zip(names, map(ast.parse, texts), strict=True))
