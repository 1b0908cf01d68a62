"""What a question may be: its form, depth, width, size and window; checked before any text is written.

A question comes from a client in the end, so each bound is a bound on what one request can cost. `Invalid` is
a question that makes no sense (a field of another entity, a link that does not start here), `TooLarge` one
that is beyond a limit.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any as AnyValue

from fhir_profiles.folding import LONGEST
from graph.errors import Invalid, TooLarge
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES, STUDY
from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    AtLeast,
    CodePart,
    Expression,
    Field,
    Inside,
    KeyIn,
    Kind,
    Layout,
    Link,
    Match,
    Members,
    Near,
    Not,
    NumberPair,
    Owner,
    Page,
    Present,
    Question,
    Related,
    SerialIn,
    Sort,
    Span,
    Term,
    Text,
    Unlike,
    Whole,
    Worded,
)
from graph.query.rows import NODE_FIELDS

DEEPEST = 32  # nested operators
DEEPEST_RELATED = 6  # nested links
WIDEST = 256  # members of one All or Any
MOST_LEAVES = 256
MOST_VALUES = 20_000  # codes and keys of the whole question: descendants of a concept are listed
MOST_SORTS = 4
LARGEST_PAGE = 10_001  # ten thousand, and the one that says that more follow
LARGEST_OFFSET = 100_000

PATIENT = "Patient"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
_PARAMETER = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*){0,16}")
_BELOW = {STUDY: (SERIES, INSTANCE), SERIES: (INSTANCE,)}
_ABOVE = {SERIES: (STUDY,), INSTANCE: (SERIES, STUDY)}


def check(question: Question) -> None:
    """Raise `Invalid` or `TooLarge` unless the question can be compiled."""
    check_where(question.entity, question.where)
    check_page(question.entity, question.page)


def check_where(entity: str, where: Expression) -> None:
    """Raise `Invalid` or `TooLarge` unless the condition can be asked of rows of `entity`."""
    _require(_NAME.fullmatch(entity), f"unknown kind of row: {entity}")
    _Census().visit((entity,), where, 0, 0)


def check_page(entity: str, page: Page) -> None:
    """Raise `Invalid` or `TooLarge` unless the window is sound."""
    _require(page.limit >= 0 and page.offset >= 0, "a window cannot be negative")
    _bound(page.limit, LARGEST_PAGE, "rows in a page")
    _bound(page.offset, LARGEST_OFFSET, "rows skipped")
    _bound(len(page.sort), MOST_SORTS, "sort keys")
    for sort in page.sort:
        if sort.field is not None:
            entities: tuple[str, ...] = (entity,)
            _bound(len(sort.along), DEEPEST_RELATED, "links one after another")
            for link in sort.along:
                entities = _ends(entities, link)
            _check_field(entities, sort.field)
    if page.after is not None:
        _require(len(page.after) == keyset_length(page.sort), "the page mark does not fit the order")


def keyset_length(sort: tuple[Sort, ...]) -> int:
    """How many values mark a place in an order: one per field before the creation number, and that."""
    fields = [each.field for each in sort]
    return 1 + (fields.index(None) if None in fields else len(fields))


@dataclass(slots=True)
class _Census:
    """Walks a tree, counting."""

    leaves: int = 0
    values: int = 0

    def visit(self, entities: tuple[str, ...], node: Expression, depth: int, links: int) -> None:
        _bound(depth, DEEPEST, "nested conditions")
        match node:
            case All(of) | Any(of):
                _bound(len(of), WIDEST, "conditions side by side")
                for each in of:
                    self.visit(entities, each, depth + 1, links)
            case AtLeast(least, of):
                _require(0 < least <= len(of), "at least so many is of as many or more")
                self.visit(entities, Any(of), depth, links)
            case Not(of):
                self.visit(entities, of, depth + 1, links)
            case Related(link, inner):
                _bound(links + 1, DEEPEST_RELATED, "links one after another")
                self.visit(_ends(entities, link), inner, depth + 1, links + 1)
            case _:
                self._leaf(entities, node)

    def _leaf(self, entities: tuple[str, ...], leaf: Expression) -> None:
        self.leaves += 1
        check_leaf = _LEAF_CHECKS.get(type(leaf))
        _require(check_leaf, "not a condition")
        if check_leaf is not None:
            self.values += check_leaf(entities, leaf)
        _bound(self.leaves, MOST_LEAVES, "conditions")
        _bound(self.values, MOST_VALUES, "values")


def _check_keys(entities: tuple[str, ...], leaf: KeyIn) -> int:
    _require(leaf.entity in entities, f"keys of {leaf.entity} cannot be asked here")
    return len(leaf.keys)


def _check_serials(entities: tuple[str, ...], leaf: SerialIn) -> int:
    _require(leaf.entity in entities, f"rows of {leaf.entity} cannot be asked here")
    return 0  # none is looked up


def _check_term(entities: tuple[str, ...], leaf: Term) -> int:
    _check_field(entities, leaf.field, Kind.TERM)
    _require(leaf.system is None or leaf.field.layout is Layout.ROWS, f"{leaf.field.name} has no system")
    return leaf.spellings


def _check_text(entities: tuple[str, ...], leaf: Text) -> int:
    wild = leaf.match is Match.LIKE and leaf.field.layout is Layout.PROPERTY  # of a code, too (CS)
    _check_field(entities, leaf.field, leaf.field.kind if wild else Kind.TEXT)
    _require(leaf.field.kind is not Kind.SPAN, f"{leaf.field.name} is no text")
    _require(len(leaf.value) <= 2 * LONGEST, f"the text for {leaf.field.name} is too long")
    return 1


def _check_span(entities: tuple[str, ...], leaf: Span) -> int:
    _check_field(entities, leaf.field, Kind.SPAN)
    unit = leaf.system is not None or leaf.code is not None
    _require(not unit or leaf.field.layout is Layout.ROWS, f"{leaf.field.name} has no unit")
    return 1


def _check_code_part(entities: tuple[str, ...], leaf: CodePart) -> int:
    _check_field(entities, leaf.field, Kind.TERM)
    _require(leaf.field.layout is Layout.ROWS, f"{leaf.field.name} is compared whole")
    _require(len(leaf.value) <= 2 * LONGEST, f"the text for {leaf.field.name} is too long")
    return 1


def _check_pair(entities: tuple[str, ...], leaf: NumberPair) -> int:
    return _check_span(entities, leaf.first) + _check_span(entities, leaf.second)


def _check_near(entities: tuple[str, ...], leaf: Near) -> int:
    _check_field(entities, leaf.field, Kind.SPAN)
    return 1


def _check_unlike(entities: tuple[str, ...], leaf: Unlike) -> int:
    _require(leaf.field.layout is Layout.ROWS, f"{leaf.field.name} has one value")
    return _LEAF_CHECKS[type(leaf.of)](entities, leaf.of)


def _check_words(entities: tuple[str, ...], leaf: Worded) -> int:
    _require(leaf.entity in entities, f"words of {leaf.entity} cannot be asked here")
    return 1


def _check_present(entities: tuple[str, ...], leaf: Present) -> int:
    _check_field(entities, leaf.field)
    return 1


_LEAF_CHECKS: Mapping[type, Callable[[tuple[str, ...], AnyValue], int]] = {
    KeyIn: _check_keys,
    SerialIn: _check_serials,
    Term: _check_term,
    Text: _check_text,
    Span: _check_span,
    CodePart: _check_code_part,
    NumberPair: _check_pair,
    Near: _check_near,
    Unlike: _check_unlike,
    Worded: _check_words,
    Present: _check_present,
}


def _check_field(entities: tuple[str, ...], field: Field, kind: Kind | None = None) -> None:
    _require(field.entity in entities, f"{field.entity}.{field.name} cannot be asked here")
    _require(kind is None or field.kind is kind, f"{field.name} does not compare as {kind}")
    if field.layout is Layout.PROPERTY:
        _require(_known_property(field), f"{field.entity} has no attribute {field.name}")
    else:
        _require(_PARAMETER.fullmatch(field.name), f"unknown field {field.name}")
        _require(field.entity not in (SERIES, INSTANCE), f"{field.entity} has no search parameters")


def _known_property(field: Field) -> bool:
    node_field = NODE_FIELDS.get(field.name)
    if node_field is not None:
        return node_field.kind is field.kind and field.entity not in (SERIES, INSTANCE)
    attribute = BY_KEYWORD.get(field.name)
    return attribute is not None and attribute.level == field.entity and attribute.kind is field.kind


def _ends(entities: tuple[str, ...], link: Link) -> tuple[str, ...]:
    """The kinds of rows at the other end of a link."""
    match link:
        case Along(paths, targets):
            _check_paths(paths)
            ends = targets
        case Against(source, paths):
            _check_paths(paths)
            ends = (source,)
        case Members(entity):
            _require(entities == (PATIENT,), "only a Patient has members")
            ends = (entity,)
        case Owner():
            ends = (PATIENT,)
        case Inside(entity):
            _require(all(entity in _BELOW.get(each, ()) for each in entities), f"no {entity} below")
            return (entity,)
        case Whole(entity):
            _require(all(entity in _ABOVE.get(each, ()) for each in entities), f"no {entity} above")
            return (entity,)
    _require(not {SERIES, INSTANCE} & {*entities, *ends}, "series and instances have no references")
    _require(ends and all(_NAME.fullmatch(each) for each in ends), "a link needs a known kind of row")
    return ends


def _check_paths(paths: tuple[str, ...]) -> None:
    _bound(len(paths), WIDEST, "paths of a link")
    _require(paths and all(_PATH.fullmatch(path) for path in paths), "a link needs element paths")


def _require(truth: object, message: str) -> None:
    if not truth:
        raise Invalid(message)


def _bound(number: int, most: int, what: str) -> None:
    if number > most:
        raise TooLarge(f"too many {what}: {number}, at most {most}")
