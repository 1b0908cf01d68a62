"""Resources of one form become lines of one form: each form is worked through once, and then filled in.

Of a form that is new the product is asked what becomes of it with marks in the holes; the lines in which the
marks come back are its stencil. It is not believed: of the first resources of a form, and of some later ones,
the product makes the lines too, and both must be the same. A form that is no stencil is left to the product.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

import orjson

from bench.bulk.commits import Commits, Rows
from bench.bulk.forms import MARKS, Parted, faces, parted
from bench.bulk.rows import GraphSheets
from bench.bulk.sheets import Line, Lines, written
from bench.bulk.units import written_whole
from bench.population.people import Resource
from graph.clock import instant
from graph.commit import Counter, Numbers
from graph.keys import key_of_reference, resource_key
from graph.packing import packed, unpacked
from graph.scope import AccessScope
from graph.site import Site

_CHECKED_AT_FIRST, _CHECKED_LATER = 3, 2_000  # resources of a form; one of so many
_BODY = b"\x01\x02\x03\x05\x08\x0d\x15\x22"  # in place of the packed text
_NODE, _TARGET = 700_000_000_000_000, 710_000_000_000_000
_MARKED = Numbers(now=1_234_567_890_123_456, serial=720_000_000_000_001, version=730_000_000_000_001)
_CHANGES = 740_000_000_000_001
_THINGS = re.compile(rf"{re.escape(written(_BODY))}|{MARKS}|(?<![\w.-])-?[0-9][0-9.:TZ+-]*(?![\w.])")
"""What things of a filling look like in a text; a number or date is no part of a longer one."""

Filling: TypeAlias = list[Any]
"""All that may stand in the places of a stencil: ids of nodes, numbers, faces of holes, the packed text."""


@dataclass(frozen=True, slots=True)
class _Template:
    """A text with `%s` in its places, and what of a filling goes there; None where it has none."""

    text: str
    chosen: Callable[[Filling], Any] | None

    @classmethod
    def of(cls, text: str, filling: Filling) -> "_Template":
        """The template of a text in which things of a filling stand."""
        places: dict[str, int] = {}
        for place, thing in enumerate(filling):
            places.setdefault(str(thing), place)
        chosen: list[int] = []

        def placed(found: re.Match[str]) -> str:
            place = places.get(found.group())
            if place is None:
                return found.group()
            chosen.append(place)
            return "%s"

        template = _THINGS.sub(placed, text.replace("%", "%%"))
        return cls(template, itemgetter(*chosen)) if chosen else cls(text, None)

    def filled(self, filling: Filling) -> str:
        """The text with what goes into its places."""
        return self.text if self.chosen is None else self.text % self.chosen(filling)


@dataclass(frozen=True, slots=True)
class _Stencil:
    """What resources of a form become: so many nodes, a text, and lines, those of a file together."""

    nodes: int
    body: _Template
    lines: tuple[tuple[Lines, _Template], ...]

    def filled(self, filling: Filling) -> Iterator[Line]:
        """The lines of one resource."""
        filling.append(written(packed(self.body.filled(filling).encode())))
        for lines, template in self.lines:
            yield lines, template.filled(filling)


@dataclass(slots=True)
class _Form:
    """What is known of a form: its stencil, None where it has none, and how many resources it had."""

    stencil: _Stencil | None
    seen: int = 0


class Stencils:
    """Writes resources to sheets; `known` and `zone` are what holes are filled from."""

    def __init__(self, commits: Commits, sheets: GraphSheets, scope: AccessScope, site: Site) -> None:
        self.zone = site.zone
        self._commits, self._sheets, self._scope, self._site = commits, sheets, scope, site
        self._forms: dict[str, _Form] = {}

    @property
    def told(self) -> str:
        """How many forms there were, and how many are no stencil."""
        lost = sum(each.stencil is None for each in self._forms.values())
        return f"{len(self._forms)} forms of resources, {lost} of them left to the product"

    def known(self, reference: str) -> int:
        """The id of the node that a reference is to."""
        return self._sheets.known[_key(self._site.tenant, reference)]

    def write(self, resource: Resource) -> None:
        """Write a resource that is new.

        Raises `RuntimeError` where the stencil of a form has come to lie.
        """
        text = orjson.dumps(resource).decode()
        found = parted(text, self.zone)
        form = self._forms.get(found.form)
        if form is None:
            form = self._forms[found.form] = _Form(self._stencil(found))
        form.seen += 1
        if form.stencil is None:
            self._sheets.write(self._made(self._commits, text))
        elif form.seen <= _CHECKED_AT_FIRST or form.seen % _CHECKED_LATER == 0:
            self._check(form, form.stencil, found, text)
        else:
            filling = self._filling(form.stencil.nodes, self._commits.draw(), self._commits.changes, found)
            for lines, line in form.stencil.filled(filling):
                lines.add(line)
            self._sheets.took(self._key(resource), form.stencil.nodes)

    def _key(self, resource: Resource) -> str:
        return resource_key(self._site.tenant, resource["resourceType"], resource["id"])

    def _check(self, form: _Form, stencil: _Stencil, found: Parted, text: str) -> None:
        """Write what the product makes of a resource, and compare it with what the stencil makes of it."""
        first = self._sheets.next_id
        rows = self._made(self._commits, text)
        with self._sheets.holding() as held:
            self._sheets.write(rows)
        after, self._sheets.next_id = self._sheets.next_id, first
        (row,) = rows["versions"]
        version = row["version"]
        numbers = Numbers(version["lastUpdated"], row["serial"], version=version["sequence"])
        filling = self._filling(stencil.nodes, numbers, version["changes"], found)
        self._sheets.next_id = after
        if dict(stencil.filled(filling)) != _together(held):
            if form.seen > _CHECKED_AT_FIRST:
                raise RuntimeError(f"the stencil of a form is wrong: {found.form}")
            form.stencil = None
        for lines, line in held:
            lines.add(line)

    def _filling(self, nodes: int, numbers: Numbers, changes: int, found: Parted) -> Filling:
        first, step = self._sheets.next_id, self._sheets.step
        return _filling(range(first, first + nodes * step, step), numbers, changes, faces(found.holes, self))

    def _stencil(self, found: Parted) -> _Stencil | None:
        """The stencil of a form; None where the product does not take its marks."""
        holes = found.marked()
        counts = {
            Counter.SERIAL: _MARKED.serial - 1,
            Counter.VERSION: _MARKED.version - 1,
            Counter.SEQUENCE: _CHANGES,
        }
        commits = Commits(self._site.tenant, lambda: _MARKED.now, counts, ())
        rows = self._made(commits, found.filled(holes))
        (row,) = rows["versions"]
        body, row["version"]["body"] = unpacked(row["version"]["body"]).decode(), _BODY
        targets = {
            key_of_reference(self._site.tenant, text): _TARGET + place
            for place, (kind, text) in enumerate(holes)
            if kind == "reference"
        }
        with self._sheets.aside(_NODE, targets) as held:
            self._sheets.write(rows)
            nodes = self._sheets.next_id - _NODE
            filling = _filling(range(_NODE, _NODE + nodes), _MARKED, _CHANGES, faces(holes, self))
        template = _Template.of(body, filling)
        filling.append(written(_BODY))
        lines = tuple((file, _Template.of(text, filling)) for file, text in _together(held).items())
        return _Stencil(nodes, template, lines)

    def _made(self, commits: Commits, text: str) -> Rows:
        """What the commit of one resource writes."""
        (rows,) = commits.commit([written_whole(self._scope, self._site, text)])
        return rows


@lru_cache(maxsize=10_000)
def _key(tenant: str, reference: str) -> str:
    return key_of_reference(tenant, reference)


def _filling(nodes: Sequence[int], numbers: Numbers, changes: int, holes: list[Any]) -> Filling:
    told = (numbers.serial, numbers.version, numbers.now, instant(numbers.now), changes)
    return [*nodes, *told, *holes]


def _together(held: Sequence[Line]) -> Mapping[Lines, str]:
    """The lines of each file as one text."""
    found: dict[Lines, list[str]] = {}
    for lines, line in held:
        found.setdefault(lines, []).append(line)
    return {lines: "\n".join(each) for lines, each in found.items()}
