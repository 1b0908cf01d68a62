"""Every public method of every store refuses to run without an `AccessScope`."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import graph
from graph.errors import ScopeMissing


def stores() -> Iterator[type]:
    """The store classes, whichever module they live in."""
    for module in walk_packages(graph.__path__, "graph."):
        for _, member in inspect.getmembers(import_module(module.name), inspect.isclass):
            if member.__name__.endswith("Store") and member.__module__ == module.name:
                yield member


def methods() -> Iterator[tuple[type, str]]:
    """Every public method of every store."""
    for store in stores():
        for name, member in vars(store).items():
            if callable(member) and not name.startswith("_"):
                yield store, name


CASES = list(methods())


def test_there_are_stores_to_ask() -> None:
    assert len({store for store, _ in CASES}) >= 7


@pytest.mark.parametrize(("store", "name"), CASES, ids=lambda each: getattr(each, "__name__", each))
def test_a_method_without_a_scope_raises(store: type, name: str) -> None:
    method: Any = getattr(store, name)

    with pytest.raises(ScopeMissing):
        method(object.__new__(store))
    with pytest.raises(ScopeMissing):
        method(object.__new__(store), "tenant")
