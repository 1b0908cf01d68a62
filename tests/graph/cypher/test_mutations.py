"""A compiler that is wrong in any one operator is caught by the random questions."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any as Anything

import pytest

from graph.cypher import access, compile, conditions, leaves, links, openings, order, spans, text, walk
from graph.cypher.links import Step
from graph.cypher.statement import Statement
from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    AtLeast,
    Expression,
    Inside,
    Match,
    Members,
    Not,
    Order,
    Owner,
    Present,
    Related,
    Span,
    Term,
    Text,
    Whole,
)
from tests.graph.cypher.conftest import Worlds, reader, scope_of
from tests.graph.cypher.test_agreement import PAGED, WHOLE, disagreement
from tests.graph.cypher.test_questions import corpus, is_proper_part
from tests.strategies.trees import Asked, operators, with_tenant

Patch = Callable[[pytest.MonkeyPatch], None]
AsIf = Callable[[Asked], Asked]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mistake, and the operators whose questions can show it: any question, where none is named.

    `as_if` is the question that a compiler with the mistake answers: where the plain reader answers it in
    another way, the question should show the mistake, and is asked first.
    """

    name: str
    patch: Patch
    shown_by: tuple[str, ...] = ()
    paged: bool = False  # only the pages after the first show it
    as_if: AsIf | None = None

    def concerns(self, asked: Asked) -> bool:
        """Whether the question can show the mistake."""
        return not self.shown_by or bool({*operators(asked.question.where)} & {*self.shown_by})

    def promise(self, asked: Asked) -> tuple[bool, bool]:
        """How likely a question shows it, for the order of asking."""
        other = self.as_if(asked) if self.as_if else None
        return other is not None and answered(other) != answered(asked), is_proper_part(asked)


def answered(asked: Asked) -> list[str]:
    """What the plain reader answers."""
    question = asked.question
    rows = reader(asked).answer(question.entity, with_tenant("any", question.where), question.page)
    return [row.name for row in rows]


def everywhere(where: Expression, change: Callable[[Anything], Anything]) -> Expression:
    """An expression with each of its leaves changed."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return replace(where, of=tuple(everywhere(each, change) for each in of))
        case Not(of):
            return Not(everywhere(of, change))
        case Related(link, inner):
            return Related(link, everywhere(inner, change))
    return change(where)  # type: ignore[no-any-return]


def of_leaves(kind: type, name: str, one: object, other: object) -> AsIf:
    """The question with another value of an attribute of its leaves."""

    def changed(leaf: Anything) -> Anything:
        same = isinstance(leaf, kind) and getattr(leaf, name) is one
        return replace(leaf, **{name: other}) if same else leaf

    return lambda asked: replace(
        asked, question=replace(asked.question, where=everywhere(asked.question.where, changed))
    )


def of_item(table: Anything, key: Anything, other: Anything) -> Patch:
    """Put another entry of a table, or another function, in the place of one."""
    replacement = table.get(other, other)
    return lambda patch: patch.setitem(table, key, replacement)


def of_names(name: str, make: Callable[[Anything], Anything], *modules: Anything) -> Patch:
    """Replace a function, wherever it was imported, by what `make` makes of it."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        mutated = make(getattr(modules[0], name))
        for module in modules:
            patch.setattr(module, name, mutated)

    return patched


def of_text(pattern: str, replacement: str) -> Patch:
    """Rewrite the finished text, past the check that would refuse it."""

    def rewritten(_: Anything, statement: Statement) -> Statement:
        return Statement(re.sub(pattern, replacement, statement.text), statement.parameters)

    return lambda patch: patch.setattr(compile, "enforce", rewritten)


def unchecked(mistake: Patch) -> Patch:
    """A mistake that the second check would catch: without that check."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        mistake(patch)
        patch.setattr(compile, "enforce", lambda _, statement: statement)

    return patched


def instead(kind: type, other: Callable[[Anything], Anything]) -> Patch:
    """Compile another node in the place of each node of a kind."""

    def make(original: Anything) -> Anything:
        return lambda writing, row, node: original(
            writing, row, other(node) if isinstance(node, kind) and getattr(node, "of", True) else node
        )

    return of_names("satisfies", make, conditions, openings)


def unconnected(writing: Anything, start: Anything, link: Anything, end: Anything) -> Step:
    """A link that leads from everything to everything."""
    return Step(access.pattern(end))


def without_path(kind: type) -> Patch:
    """A link that asks for the type of the edge, and not for its element path."""
    original = links.LINKS[kind]
    return of_item(links.LINKS, kind, lambda *parts: Step(original(*parts).pattern))


def always(writing: Anything, *_: Anything) -> list[str]:
    """A condition that always holds."""
    return [writing.constant(True)]


def only(many: Callable[..., list[str]], wanted: Callable[[str], bool]) -> Callable[..., list[str]]:
    """Some of the conditions that a function gives."""
    return lambda *arguments: [each for each in many(*arguments) if wanted(each)]


def without_partition(condition: str) -> bool:
    """Whether a condition does not speak of the partition."""
    return "partition" not in condition


_OTHER_ORDER = {
    Order.EQ: Order.AP,
    Order.NE: Order.EQ,
    Order.GT: Order.GE,
    Order.LT: Order.LE,
    Order.GE: Order.GT,
    Order.LE: Order.LT,
    Order.SA: Order.GT,
    Order.EB: Order.LT,
    Order.AP: Order.EQ,
}
_OTHER_MATCH = {
    Match.EXACT: Match.EQUALS,
    Match.EQUALS: Match.PREFIX,
    Match.PREFIX: Match.CONTAINS,
    Match.CONTAINS: Match.PREFIX,
    Match.LIKE: Match.CONTAINS,
    Match.WORDS: Match.CONTAINS,
}
_LINKS = (Along, Against, Members, Owner, Inside, Whole)
MUTATIONS = [
    *(
        Mutation(
            f"{one} as {other}",
            of_item(spans.ORDERS, one, other),
            (f"Span.{one.name}",),
            as_if=of_leaves(Span, "order", one, other),
        )
        for one, other in _OTHER_ORDER.items()
    ),
    *(
        Mutation(
            f"{one} as {other}",
            of_item(text.MATCHES, one, other),
            (f"Text.{one.name}",),
            as_if=of_leaves(Text, "match", one, other),
        )
        for one, other in _OTHER_MATCH.items()
    ),
    *(
        Mutation(
            f"{kind.__name__} leads anywhere",
            of_item(links.LINKS, kind, unconnected),
            (f"Related.{kind.__name__}",),
        )
        for kind in _LINKS
    ),
    Mutation("Along at any path", without_path(Along), ("Related.Along",)),
    Mutation("Against at any path", without_path(Against), ("Related.Against",)),
    Mutation("Not forgotten", instead(Not, lambda node: node.of), ("Not",)),
    Mutation("All as Any", instead(All, lambda node: Any(node.of)), ("All",)),
    Mutation("Any as All", instead(Any, lambda node: All(node.of)), ("Any",)),
    Mutation(
        "a conjunct forgotten",
        of_names("conjuncts", lambda original: lambda node: original(node)[:1], conditions, openings),
        ("All",),
    ),
    Mutation(
        "Present by any value",
        unchecked(of_item(leaves._VALUES, Present, lambda *_: ["v.serial IS NOT NULL"])),
        ("Present on rows",),
    ),
    Mutation("Present always", of_item(leaves._PROPERTIES, Present, always), ("Present on property",)),
    Mutation("Term of any code", of_item(leaves._PROPERTIES, Term, always), ("Term on property",)),
    Mutation(
        "Term of the first code only",
        of_names("term_keys", lambda original: lambda *parts: original(*parts)[:1], leaves, openings),
        ("Term on rows",),
    ),
    Mutation(
        "system and unit ignored",
        of_names("_equal", lambda _: lambda *parts: [], leaves),
        ("Term on rows", "Span on rows"),
    ),
    Mutation(
        "KeyIn always", of_names("_has_key", lambda _: lambda *parts: always(*parts)[0], leaves), ("KeyIn",)
    ),
    Mutation(
        "the first of several starts only",
        of_names(
            "_union",
            lambda original: lambda writing, plan, leaf: original(writing, plan, Any(leaf.of[:1])),
            openings,
        ),
    ),
    Mutation(
        "so many counted as one",
        of_names(
            "_counted",
            lambda original: lambda writing, plan, leaf: original(writing, plan, replace(leaf, least=1)),
            openings,
        ),
        ("AtLeast",),
    ),
    Mutation(
        "rows of the other kinds",
        unchecked(of_names("_of_kind", lambda _: lambda _, row: f"{row.variable}.kind IS NOT NULL", access)),
        ("Related.Along",),
    ),
    Mutation("deleted rows", of_text(r"\w+\.deleted = false", "true")),
    Mutation(
        "other partitions",
        of_names(
            "_resource_seen", lambda original: only(original, lambda each: "partition" not in each), access
        ),
        as_if=lambda asked: replace(asked, partition="other" if asked.partition == "default" else "default"),
    ),
    Mutation(
        "no grants asked for",
        of_text(r"\(\w+\.compartment IS NULL OR [^()]*any\([^()]*\)\)", "true"),
        as_if=lambda asked: replace(asked, patients=None),
    ),
    Mutation("what belongs to nobody hidden", of_text(r"\w+\.compartment IS NULL OR ", "")),
    Mutation(
        "granted studies hidden",
        of_text(r"\w+\.key IN \$studies OR ", ""),
        as_if=lambda asked: replace(asked, studies=frozenset()),
    ),
    Mutation("granted patients hidden", of_text(r" OR any\(each IN \w+\.compartment WHERE[^()]*\)", "")),
    Mutation("a row once for each value", of_text("WITH DISTINCT r", "WITH r")),
    Mutation("rows skipped are shown", of_text(r"SKIP \$\w+ ", ""), paged=True),
    Mutation(
        "the other extreme of the values",
        of_names(
            "extreme", lambda original: lambda column: {"min": "max", "max": "min"}[original(column)], order
        ),
    ),
    Mutation(
        "rows without a value first",
        of_names("_ordered", lambda original: lambda column: original(column)[1:], order),
    ),
    Mutation("newest first as oldest first", of_names("newest_first", lambda _: lambda page: False, order)),
    Mutation(
        "the last row of a page again",
        of_names(
            "place", lambda original: lambda *parts: original(*parts).replace("> ", ">= "), openings, walk
        ),
        paged=True,
    ),
    Mutation(
        "ties lost between pages", of_text(r"\(s0 = \$\w+ AND serial [<>] \$\w+\)", "false"), paged=True
    ),
    Mutation("rows without a value lost", of_names("_always_there", lambda _: lambda *parts: True, walk)),
    Mutation(
        "a row at each of its values", of_text(r"AND NOT EXISTS \{[^{}]* AND v\d+\.\w+ [<>] v\d+\.\w+ \}", "")
    ),
]


ONE_IN = 8  # of the mistakes is tried in every run of the tests: whether each is found changes seldom
TRIED = [
    pytest.param(each, id=each.name, marks=[pytest.mark.slow] if at % ONE_IN else [])
    for at, each in enumerate(MUTATIONS)
]


@pytest.mark.parametrize("mutation", TRIED)
def test_a_mistake_in_the_compiler_is_found(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch, mutation: Mutation
) -> None:
    asked = [each for each in corpus() if mutation.concerns(each)]
    before = [compiled(each) for each in asked]
    mutation.patch(monkeypatch)
    changed = [
        each for each, text in zip(asked, before, strict=True) if mutation.paged or compiled(each) != text
    ]
    changed.sort(key=mutation.promise, reverse=True)
    # A count shows seldom what the whole answer does not; of the pages, each mistake spoils others.
    rounds = (PAGED,) if mutation.paged else tuple((way,) for way in WHOLE)
    shown = (disagreement(worlds, each, ways) for ways in rounds for each in changed)
    assert any(shown), f"{len(changed)} questions show nothing"


def compiled(asked: Asked) -> Statement:
    """The statement of a question: what a mistake leaves unchanged need not be run."""
    return compile.page(scope_of(asked, "t"), asked.question)
