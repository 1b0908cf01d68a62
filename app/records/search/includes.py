"""_include and _revinclude: what matches refer to, and what refers to them (FHIR R4 search.html#revinclude).

Every candidate is found under the caller's rights, as the matches were, before any limit is applied.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.records.search.criteria import FindParameter
from fhir_profiles.definitions.registry import (
    RESOURCE_TYPES,
    reference_paths,
    search_parameter,
    search_parameters,
)
from graph.allowances import Deed
from graph.budget import CREDIT, spend
from graph.errors import Invalid
from graph.keys import resource_of
from graph.query.expression import Along, KeyIn, Page, Question, Related
from graph.query.prices import INCLUDE
from graph.resources.resources import Referred, ResourceStore
from graph.scope import AccessScope

MOST_INCLUDED = 1_000
MOST_INCLUDES = 16
_MOST_ITERATED = 4  # of them, as each is followed in every round
ROUNDS = 4  # of `:iterate` that the price of a search holds; each further one is paid for when it comes
_MOST_ROUNDS = 64
_EVERY = "*"
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Include:
    """One _include (or _revinclude, `reverse`): from `source` at `paths` to `targets`.

    `source` None is any type, `paths` None any element, no targets any type; `iterate` applies it to what was
    included, too.
    """

    source: str | None
    paths: tuple[str, ...] | None
    targets: tuple[str, ...]
    reverse: bool
    iterate: bool


def include_of(kind: str, name: str, value: str, find: FindParameter = search_parameter) -> Include:
    """Read `Observation:subject:Patient`, `Observation:*` or `*`; raise `Invalid` for what there is not."""
    plain, _, modifier = name.partition(":")
    reverse, iterate = plain == "_revinclude", bool(modifier)
    if value == _EVERY:
        return Include(None, None, (), reverse, iterate)
    source, parameter, target = _parts(name, value)
    if reverse and not target:
        target = "" if iterate else kind
    return Include(
        source, _paths(name, source, parameter, find), (target,) if target else (), reverse, iterate
    )


def _parts(name: str, value: str) -> tuple[str, str, str]:
    parts = value.split(":")
    if not 1 < len(parts) <= _PARTS:
        raise Invalid(f"{name} is Type:parameter[:Type]", location=name)
    source, parameter, target = (*parts, "")[:_PARTS]
    if source not in RESOURCE_TYPES or (target and target not in RESOURCE_TYPES):
        raise Invalid("there is no such resource type", location=name)
    return source, parameter, target


def _paths(name: str, source: str, parameter: str, find: FindParameter) -> tuple[str, ...] | None:
    if parameter == _EVERY:
        return None
    found = find(source, parameter)
    if found is None or found.type != "reference" or not found.paths:
        raise Invalid(f"{source} has no such reference parameter", location=name, code="not-supported")
    return found.paths


def bounded(includes: Iterable[Include]) -> tuple[Include, ...]:
    """The includes, each once; raises `Invalid` for more than a search follows."""
    found = tuple(dict.fromkeys(includes))
    if len(found) > MOST_INCLUDES:
        raise Invalid(f"more than {MOST_INCLUDES} includes", location="_include", code="too-costly")
    if sum(each.iterate for each in found) > _MOST_ITERATED:
        raise Invalid(f"more than {_MOST_ITERATED} :iterate", location="_include", code="too-costly")
    return found


@dataclass(frozen=True, slots=True)
class Included:
    """What was included: keys, without those of the matches, and versions that are not current.

    `cut` where there was more than `MOST_INCLUDED`, or the way to it longer than is followed.
    """

    keys: tuple[str, ...]
    versions: tuple[Referred, ...]
    cut: bool


class IncludeSearch:
    """Finds what the matches of a page include."""

    def __init__(self, resources: ResourceStore) -> None:
        self._resources = resources

    def included(self, scope: AccessScope, matches: Sequence[str], includes: Sequence[Include]) -> Included:
        """Follow the includes from the matches of a page, given by their keys, until nothing new is found.

        Where a reference names a version, that one is included (search.html#versions). No include starts from
        one that is not current: what that refers to is not in the graph.
        """
        found: dict[Referred, None] = {}
        near, rules = list(matches), list(includes)
        rounds = 0
        while near and rules and len(found) <= MOST_INCLUDED and rounds < _MOST_ROUNDS:
            rounds += 1
            if rounds > ROUNDS:
                spend(INCLUDE * len(rules), CREDIT)
            reached = [each for rule in rules for each in self._follow(scope, near, rule)]
            new = [
                each
                for each in dict.fromkeys(reached)
                if each not in found and (each.version or each.key not in matches)
            ]
            found |= dict.fromkeys(new)
            near = [each.key for each in new if each.version is None]
            rules = [rule for rule in includes if rule.iterate]
        kept = tuple(found)[:MOST_INCLUDED]
        keys = tuple(each.key for each in kept if each.version is None)
        more = len(found) > MOST_INCLUDED or bool(near and rules)
        return Included(keys, tuple(each for each in kept if each.version), more)

    def _follow(self, scope: AccessScope, keys: list[str], rule: Include) -> Iterator[Referred]:
        if rule.reverse:
            return map(Referred, self._referring(scope, keys, rule))
        near = [key for key in keys if rule.source in (None, _type(key))]
        paths = None if rule.paths is None else list(rule.paths)
        if not near:
            return iter(())
        return iter(self._resources.referred(scope, near, paths, rule.targets, MOST_INCLUDED + 1))

    def _referring(self, scope: AccessScope, keys: list[str], rule: Include) -> Iterator[str]:
        source = rule.source
        if source is None:
            yield from self._resources.referring(scope, keys, MOST_INCLUDED + 1)
            return
        if not scope.may(Deed.SEARCH, source):
            return
        paths = rule.paths if rule.paths is not None else _every_path(source)
        for kind, own in _by_type(keys).items():
            if rule.targets in ((), (kind,)):
                link = Related(Along(paths, (kind,)), KeyIn(kind, tuple(own)))
                question = Question(source, link, Page(limit=MOST_INCLUDED + 1))
                yield from self._resources.search(scope, question).keys


def _every_path(source: str) -> tuple[str, ...]:
    names = (name for name, each in search_parameters(source).items() if each.type == "reference")
    return tuple(dict.fromkeys(path for name in names for path in reference_paths(source, name)))


def _by_type(keys: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(_type(key), []).append(key)
    return found


def _type(key: str) -> str:
    return resource_of(key).partition("/")[0]
