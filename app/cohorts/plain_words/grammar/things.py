"""Reads what names a thing: a diagnosis, a drug, a test, or pictures with all that is said of them.

So `contrast-enhanced CT of the abdomen and pelvis` is one thing.
"""

from collections.abc import Mapping, Sequence

from app.cohorts.plain_words.grammar.facts import Fact
from app.cohorts.plain_words.grammar.renaming import UNION
from app.cohorts.plain_words.grammar.wordings import TOGETHER
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.signs import THING, Sign
from app.cohorts.plain_words.scanning.vocabulary import THINGS

ORDER = [
    "condition",
    "state",
    "drug",
    "lab",
    "procedure",
    "encounter",
    "vaccine",
    "device",
    "allergen",
    "modality",
    "document",
    "word",
    "site",
]
"""The kinds of things, the one first that a name means where nothing else is said."""
_ABSORBED: Mapping[str, tuple[str, ...]] = {
    "condition": ("noun:cond",),
    "drug": ("noun:drug",),
    "lab": ("noun:lab",),
    "procedure": ("noun:proc", "noun:lab"),
    "vaccine": ("noun:vaccine",),
    "imaging": ("noun:imaging", "row:ImagingStudy", "noun:lab"),
    "device": ("noun:imaging", "role:implant"),
    "encounter": (),
    "report": ("noun:lab",),
}
"""The nouns behind a thing that only say what it is."""
PICTURES = {"modality": "imaging", "site": "imaging"}
"""What names that are no things by themselves are of."""
_HARMLESS = ("noun:allergy", "noun:family", "noun:recipient", "noun:vaccine")  # what is read where it stands
_JOINS = ("and", "or", "comma", "slash")
_OF_PICTURES = ("contrast", "lat", "maker", "feature")


def kinds_of(sign: Sign) -> tuple[str, ...]:
    """The kinds of things that a name may be, in their order."""
    found = {each.partition(":")[2] for each in sign.symbols if each.startswith(f"{THING}:")}
    return tuple(each for each in ORDER if each in found)


def rows_as(sign: Sign, kind: str) -> tuple[LexiconRow, ...]:
    """The rows of a kind that a name may mean."""
    rows: tuple[LexiconRow, ...] = sign.value if isinstance(sign.value, tuple) else ()
    return tuple(
        dict.fromkeys(row for row in rows if isinstance(row, LexiconRow) and THINGS[row.kind] == kind)
    )


class ThingReader:
    """Reads the things of one list of signs."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        self._signs = signs

    def at(self, place: int) -> Sign | None:
        """The sign at a place; None beyond the end."""
        return self._signs[place] if 0 <= place < len(self._signs) else None

    def thing(self, place: int, kind: str = "") -> tuple[Fact, int] | None:
        """The thing that begins at a place, and the place behind it; None where none does.

        `kind` is what it must be; else what its name means first.
        """
        pictures = self.pictures(place) if kind in ("", "modality") else None
        if pictures is not None:
            return pictures
        sign = self.at(place)
        if sign is None or not sign.has(THING):
            return None
        wanted = kind or kinds_of(sign)[0]
        if wanted not in kinds_of(sign) or wanted in ("site", "modality"):
            return None
        fact = Fact(wanted, rows_as(sign, wanted), [sign], union=sign.has(UNION), short=sign.has("short"))
        return fact, self.absorbed(fact, place + 1)

    def absorbed(self, fact: Fact, place: int) -> int:
        """Take in the nouns that only say what a thing is; return the place behind them."""
        while (sign := self.at(place)) is not None and any(
            each in sign.symbols for each in _ABSORBED.get(fact.kind, ())
        ):
            fact.signs.append(sign)
            place += 1
        return place

    def pictures(self, place: int) -> tuple[Fact, int] | None:
        """The pictures that begin at a place, with what stands before and behind their modality."""
        fact = Fact("imaging")
        at = self._before_modality(fact, place)
        sign = self.at(at)
        if sign is None:
            return None
        if "modality" in kinds_of(sign):
            self._take_modality(fact, sign)
            at += 1
        elif not (fact.sites and sign.kind in ("noun", "row", "role") and _is_pictures(sign)):
            return None
        else:
            fact.signs.append(sign)
            at += 1
        return fact, self._behind_modality(fact, at)

    def _before_modality(self, fact: Fact, at: int) -> int:
        while (sign := self.at(at)) is not None:
            if sign.kind in _OF_PICTURES and self._leads_to_pictures(at):
                take_detail(fact, sign)
            elif self._is_site(at) and self._leads_to_pictures(at):
                self._take_site(fact, sign)
            elif (
                (
                    sign.kind in _JOINS
                    and fact.signs
                    and self._is_site(at + 1)
                    and self._leads_to_pictures(at + 1)
                )
                or (sign.kind in _JOINS and fact.makers and self._kind(at + 1) == "maker")
                or (sign.has("noun:imaging") and fact.makers)
                or (sign.kind in ("of", "bymaker") and fact.signs)
            ):
                fact.signs.append(sign)
            else:
                break
            at += 1
        return at

    def _leads_to_pictures(self, at: int) -> bool:
        """Whether nothing but what is said of pictures stands between here and a modality."""
        while (sign := self.at(at)) is not None:
            if "modality" in kinds_of(sign) or (self._is_site(at - 1) and _is_pictures(sign)):
                return True
            named = self._is_site(at) or sign.kind in (*_OF_PICTURES, "of", "bymaker")
            joined = sign.kind in _JOINS and (self._is_site(at + 1) or self._kind(at + 1) == "maker")
            if not (named or joined or (sign.has("noun:imaging") and not sign.has("row"))):
                return False
            at += 1
        return False

    def _behind_modality(self, fact: Fact, at: int) -> int:
        while (sign := self.at(at)) is not None:
            if sign.has("noun:imaging") or any(
                each in sign.symbols for each in ("row:ImagingStudy", "noun:lab")
            ):
                fact.signs.append(sign)
            elif sign.kind == "slash" and "modality" in kinds_of(self.at(at + 1) or sign):
                fact.signs += [sign, self._signs[at + 1]]
                self._hybrid(fact, self._signs[at + 1])
                at += 1
            elif sign.kind in ("contrast", "lat") and not self._leads_to_pictures(at):
                take_detail(fact, sign)
            elif sign.kind in ("at", "with", "on") and self._kind(at + 1) == "feature":
                fact.signs.append(sign)
                take_detail(fact, self._signs[at + 1])
                at += 1
            elif self._is_site(at) and not self._leads_to_pictures(at) and not self._is_condition(at + 1):
                self._take_site(fact, sign)
            elif sign.kind in ("of", *_JOINS) and self._goes_on(fact, at):
                fact.signs.append(sign)
            else:
                break
            at += 1
        return at

    def _goes_on(self, fact: Fact, at: int) -> bool:
        """Whether a site behind `of`, `and` or a comma still belongs to these pictures."""
        behind = at + 1
        if self._kind(behind) == "lat":
            behind += 1
        if not self._is_site(behind) or self._leads_to_pictures(behind) or self._is_condition(behind + 1):
            return False
        link = self._signs[at].kind
        return link == "of" or (bool(fact.sites) and link != "comma") or self._closes(behind)

    def _closes(self, at: int) -> bool:
        """Whether nothing, or a sign that closes, stands behind a site."""
        return self._kind(at + 1) in ("", "comma", "stop", "semi", "window", "with", "contrast")

    def _is_condition(self, at: int) -> bool:
        sign = self.at(at)
        return sign is not None and bool({"condition", "word", "procedure"} & set(kinds_of(sign)))

    def _is_site(self, at: int) -> bool:
        sign = self.at(at)
        return sign is not None and "site" in kinds_of(sign)

    def _kind(self, at: int) -> str:
        sign = self.at(at)
        return sign.kind if sign else ""

    def _take_site(self, fact: Fact, sign: Sign) -> None:
        fact.sites.append(rows_as(sign, "site"))
        fact.signs.append(sign)

    def _take_modality(self, fact: Fact, sign: Sign) -> None:
        fact.rows = rows_as(sign, "modality")
        fact.in_one = sign.has(TOGETHER)
        fact.modalities = list(fact.rows) if fact.in_one else [fact.rows[0]]
        fact.signs.append(sign)

    def _hybrid(self, fact: Fact, sign: Sign) -> None:
        """PET/CT is PET; of others either is meant."""
        other = rows_as(sign, "modality")[0]
        if not (fact.modalities and fact.modalities[0].id.startswith(("pet", "nuclear"))):
            fact.modalities.append(other)


def says_only(noun: Sign, beside: Sign) -> bool:
    """Whether a noun says no more than what the thing beside it is: `drug` of a drug."""
    if beside.kind in ("row", "noun"):
        return True
    if beside.kind in ("pick", "last", "ord"):
        return "noun:lab" in noun.symbols
    if beside.kind == "feature":
        return "noun:imaging" in noun.symbols
    kinds = ["lab"] if beside.kind == "value" else [PICTURES.get(each, each) for each in kinds_of(beside)]
    return any(each in noun.symbols for kind in kinds for each in (*_ABSORBED.get(kind, ()), *_HARMLESS))


def take_detail(fact: Fact, sign: Sign) -> None:
    """Give pictures what is said of them: contrast, side, maker, a number."""
    fact.signs.append(sign)
    match sign.kind:
        case "contrast":
            fact.contrast = sign.detail
        case "lat":
            fact.laterality = sign.detail
        case "maker":
            fact.makers.append(sign.detail)
        case "feature":
            fact.features.append(sign.value)


def _is_pictures(sign: Sign) -> bool:
    return (
        "row:ImagingStudy" in sign.symbols or "noun:imaging" in sign.symbols or "role:image" in sign.symbols
    )
