"""Which codes a thing of a question has: those of the lexicon, and those that records of the store carry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, LexiconRow, StateMeaning
from app.cohorts.plain_words.lexicon.systems import SYSTEMS
from app.cohorts.plain_words.linking.found_rows import FoundRow

JsonObject: TypeAlias = dict[str, Any]
_LONGEST_NAME, _MOST_PARTS = 56, 120
BY_BEGINNING = frozenset((*SYSTEMS["ICD10"], *SYSTEMS["ATC"], *SYSTEMS["ICD10PCS"]))
"""The systems whose codes begin as those do that they stand below."""
MOST_CODES = 200  # of one concept set: what the language takes
BUT_NOT = {"en": " but not ", "ko": "에서 빼고 "}
"""What stands in the name of a set between what it is of and what it leaves out."""
ACT_CLASSES = SYSTEMS["ACT"][0]
DICOM = SYSTEMS["DCM"][0]
_ICD = SYSTEMS["ICD10"][0]


@dataclass(frozen=True, slots=True)
class HeldCode:
    """A code that some record of the store carries, and what it is called there."""

    system: str
    code: str
    display: str


class HeldCodes(Protocol):
    """What the store holds, as far as the caller may see it."""

    def of(
        self, rows: Sequence[LexiconRow], codings: Sequence[LexiconCoding], kind: str
    ) -> Sequence[HeldCode]:
        """The codes of a kind of event that are called as a row is, or stand below codings, in order."""


class NothingHeld:
    """A store of which nothing is known."""

    def of(
        self, rows: Sequence[LexiconRow], codings: Sequence[LexiconCoding], kind: str
    ) -> Sequence[HeldCode]:
        """Nothing."""
        return ()


class Inclusions:
    """Which diagnoses of a lexicon others include by their codes of ICD-10; each looked for once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._known: dict[str, tuple[LexiconRow, ...]] = {}

    def below(self, row: LexiconRow) -> tuple[LexiconRow, ...]:
        """The diagnoses all of whose codes of ICD-10 are among those of another, but what it leaves out."""
        if row.id not in self._known:
            self._known[row.id] = self._found(row)
        return self._known[row.id]

    def _found(self, row: LexiconRow) -> tuple[LexiconRow, ...]:
        beginnings = tuple(each.code for each in row.codings if each.system == _ICD and each.descendants)
        if row.kind is not LexiconKind.CONDITION or not beginnings:
            return ()
        others = (each for each in self.lexicon.of(LexiconKind.CONDITION) if each.id != row.id)
        return tuple(each for each in others if each.id not in row.excluded and _is_below(each, beginnings))


@dataclass(frozen=True, slots=True)
class CodeLinker:
    """Makes concept sets of rows of the lexicon, with the codes that the store holds beside."""

    inclusions: Inclusions
    held: HeldCodes

    @property
    def lexicon(self) -> Lexicon:
        """The rows that it links."""
        return self.inclusions.lexicon

    def concept_set(self, rows: Sequence[LexiconRow], kind: str) -> JsonObject:
        """The concept set of rows, any of which counts."""
        whole = tuple(self.parts(rows))
        out = {each for row in whole for each in row.excluded}
        kept = [row for row in whole if row.id not in out]
        own = [coding for row in kept if row in rows for coding in row.codings]
        further = [coding for row in kept if row not in rows for coding in row.codings]
        exclude = [coding for row in whole for coding in self.lexicon.codes(row).exclude]
        held = self.held.of(kept, [*own, *further], kind)
        return _concept_set([*own, *self._affordable(own, further, held)], exclude, held, rows)

    def without(
        self, made: JsonObject, rows: Sequence[LexiconRow], others: Sequence[LexiconRow]
    ) -> JsonObject | None:
        """A concept set of rows without the codes of others; None where these are no parts of them."""
        parts = list(self.parts(rows))
        if not others or not all(each in parts for each in others):
            return None
        left_out = coded([*self.codes(list(self.parts(others)))])
        known = [each for each in made.get("exclude", ()) if each not in left_out]
        named, names = display(rows), display(others)
        called = {each: f"{named[each]}{BUT_NOT[each]}{names[each]}" for each in named}
        return {**made, "exclude": [*known, *left_out][:MOST_CODES], "display": called}

    def _affordable(
        self, own: Sequence[LexiconCoding], further: Sequence[LexiconCoding], held: Sequence[HeldCode]
    ) -> list[LexiconCoding]:
        """The codings of parts: those that no other includes; where they are many, those held."""
        beginnings = {(each.system, each.code) for each in own if each.descendants}
        left = [each for each in dict.fromkeys(further) if not _is_among(each, beginnings)]
        if len(own) + len(left) <= _MOST_PARTS:
            return left
        carried = {(each.system, each.code) for each in held}
        return [each for each in left if (each.system, each.code) in carried]

    def meant(self, row: LexiconRow, meaning: StateMeaning) -> JsonObject:
        """The concept set of the codes that tell a state in one way; others of a kind are numbered."""
        made = _concept_set(meaning.codings, (), self.held.of((), meaning.codings, meaning.event), (row,))
        number = [each for each in row.meaning if each.event == meaning.event].index(meaning)
        if number:
            made["display"] = {name: f"{text} ({number + 1})" for name, text in made["display"].items()}
        return made

    def parts(self, rows: Sequence[LexiconRow]) -> Iterator[LexiconRow]:
        """Rows and all that they include: their parts, and what their codes of ICD-10 include."""
        waiting, seen = list(rows), set[str]()
        while waiting:
            row = waiting.pop(0)
            if row.id not in seen:
                seen.add(row.id)
                yield row
                waiting += [self.lexicon.rows[each] for each in row.parts]
                waiting += self.inclusions.below(row)

    def codes(self, rows: Sequence[LexiconRow]) -> list[LexiconCoding]:
        """The codings of rows."""
        return [each for row in rows for each in self.lexicon.codes(row).include]


def _is_among(coding: LexiconCoding, beginnings: set[tuple[str, str]]) -> bool:
    """Whether a code of a classification stands below another that is included with all below it."""
    return any(
        system == coding.system and system in BY_BEGINNING and coding.code.startswith(code)
        for system, code in beginnings
    )


def _is_below(row: LexiconRow, beginnings: tuple[str, ...]) -> bool:
    codes = [each.code for each in row.codings if each.system == _ICD]
    return bool(codes) and all(each.startswith(beginnings) for each in codes)


def _concept_set(
    include: Iterable[LexiconCoding],
    exclude: Iterable[LexiconCoding],
    held: Sequence[HeldCode],
    rows: Sequence[LexiconRow],
) -> JsonObject:
    chosen: dict[tuple[str, str], JsonObject] = {}
    left_out: dict[tuple[str, str], JsonObject] = {}
    _put(chosen, include)
    _put(left_out, exclude)
    known = len(chosen)
    for each in held:
        chosen.setdefault((each.system, each.code), _held(each))
    made: JsonObject = {"include": list(chosen.values())[:MOST_CODES], "display": display(rows)}
    if left_out:
        made["exclude"] = list(left_out.values())[:MOST_CODES]
    notes = [source_of(row) for row in rows if known or isinstance(row, FoundRow)]
    notes += [f"held:{len(chosen) - known}"] if len(chosen) > known else []
    return {**made, "via": " | ".join(notes)} if notes else made


def source_of(row: LexiconRow) -> str:
    """Where a row comes from, as a concept set tells it."""
    return f"{row.source}:{row.en[0]}" if isinstance(row, FoundRow) else f"lexicon:{row.id}"


def name_without(rows: Sequence[LexiconRow], others: Sequence[LexiconRow]) -> str:
    """The name of a set of rows without others."""
    return "-".join(["-or-".join(row.id for row in rows), "without", *(row.id for row in others)])


def put_set(sets: dict[str, JsonObject], name: str, made: JsonObject) -> JsonObject:
    """Put a concept set among named ones, under a name of its own; return how an event names it."""
    base, number = name[:_LONGEST_NAME], 1
    name = base
    while name in sets and sets[name]["include"] != made["include"]:
        number += 1
        name = f"{base}-{number}"
    sets[name] = made
    return {"set": name}


def coded(codings: Iterable[LexiconCoding]) -> list[JsonObject]:
    """Codings as the language writes them."""
    put: dict[tuple[str, str], JsonObject] = {}
    _put(put, codings)
    return list(put.values())


def display(rows: Sequence[LexiconRow]) -> JsonObject:
    """What rows are called in both languages."""
    return {"en": " or ".join(row.en[0] for row in rows), "ko": " 또는 ".join(row.ko[0] for row in rows)}


def _put(into: dict[tuple[str, str], JsonObject], codings: Iterable[LexiconCoding]) -> None:
    for each in codings:
        made: JsonObject = {"system": each.system, "code": each.code}
        into.setdefault((each.system, each.code), {**made, "descendants": True} if each.descendants else made)


def _held(code: HeldCode) -> JsonObject:
    made: JsonObject = {"system": code.system, "code": code.code} if code.system else {"code": code.code}
    return {**made, "display": code.display} if code.display else made
