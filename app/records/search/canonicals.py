"""Chains along canonicals: to what a URL names, as a reference leads to an id (R4 references.html#canonical).

Nothing in the graph leads from a canonical to what it names, which may come and go. So what is at the end of
the chain is looked for first, as the caller sees it, and its URLs are then asked for as any others are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import orjson

from graph.budget import spend
from graph.errors import Invalid
from graph.query.expression import All, Any, CodePart, Expression, Field, Not, Page, Question, Term
from graph.query.gathering import gathered
from graph.query.prices import QUESTION, price, rows
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

MOST_NAMED = 50
"""Definitions that a chain may lead to: each is a URL to ask for."""


class CanonicalName(NamedTuple):
    """The canonical of a definition, and its version where it has one."""

    url: str
    version: str | None


class Canonicals(Protocol):
    """The definitions that one caller may see."""

    def named(self, resource_type: str, where: Expression) -> tuple[CanonicalName, ...]:
        """The canonicals of those that satisfy a condition.

        Raises `Invalid` for more than `MOST_NAMED`.
        """


@dataclass(frozen=True, slots=True)
class SeenCanonicals:
    """The definitions of a graph that a caller may see."""

    resources: ResourceStore
    scope: AccessScope

    def named(self, resource_type: str, where: Expression) -> tuple[CanonicalName, ...]:
        """The canonicals of those that satisfy a condition; raises `Invalid` for more than `MOST_NAMED`."""
        where = gathered(where)
        spend(QUESTION + price(where) + rows(MOST_NAMED))
        question = Question(resource_type, where, Page(MOST_NAMED + 1))
        keys = self.resources.search(self.scope, question).keys
        if len(keys) > MOST_NAMED:
            text = f"a chain along a canonical leads to more than {MOST_NAMED} resources"
            raise Invalid(text, code="too-costly")
        return tuple(dict.fromkeys(self._canonicals(keys)))

    def _canonicals(self, keys: tuple[str, ...]) -> Iterator[CanonicalName]:
        for each in self.resources.bodies(self.scope, keys):
            document = orjson.loads(each.body)
            if isinstance(url := document.get("url"), str):
                yield CanonicalName(url, document.get("version"))


def naming(field: Field, named: tuple[CanonicalName, ...]) -> Expression:
    """The condition that a canonical names one of some definitions; any version, where it names none."""
    versions = tuple(f"{each.url}|{each.version}" for each in named if each.version)
    urls = dict.fromkeys(each.url for each in named)
    whole = (All((Term(field, (url,)), Not(CodePart(field, f"{url}|", begins=True)))) for url in urls)
    return Any((*((Term(field, versions),) if versions else ()), *whole))
