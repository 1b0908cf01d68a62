"""The codes of a proposal are found again by what it calls them: its own never count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.cohorts.language.vocabulary import KINDS
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.coding import CodeLinker, JsonObject, put_set
from app.cohorts.plain_words.linking.sources import NamedThings
from app.cohorts.plain_words.proposing.service import NoProposal
from app.cohorts.plain_words.suggesting import KINDS_OF
from fhir_profiles.terminology.naming import name_form

_CODED = ("codes", "bodySite", "severity", "reason")
_OF_FIELDS: Mapping[str, tuple[LexiconKind, ...]] = {
    "bodySite": (LexiconKind.BODY_SITE,),
    "reason": (LexiconKind.CONDITION,),
    "severity": (),
    "value": (),
}
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class RejectedCode:
    """A code of a proposal that does not count: where it stands, what it is called there, and why not."""

    path: str
    system: str
    code: str
    name: str
    why: str


class KnownNames:
    """The rows of a lexicon by the forms of their names, without those that stand for two things."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._rows: dict[str, list[LexiconRow]] = {}
        for row in lexicon.rows.values():
            for name in dict.fromkeys((*row.en, *row.ko)):
                if name not in lexicon.ambiguous:
                    self._rows.setdefault(name_form(name), []).append(row)

    def row(self, name: str, kinds: Sequence[LexiconKind]) -> LexiconRow | None:
        """The one row of some kinds that is called so; None where there is none, or are several."""
        found = {row.id: row for row in self._rows.get(name_form(name), ()) if row.kind in kinds}
        return next(iter(found.values())) if len(found) == 1 else None


@dataclass(slots=True)
class Relinker:
    """Finds the codes of one proposal again."""

    known: KnownNames
    linker: CodeLinker
    sources: Sequence[NamedThings]
    rejected: list[RejectedCode] = field(default_factory=list)
    _sets: dict[str, JsonObject] = field(default_factory=dict)

    def question(self, raw: JsonObject) -> JsonObject:
        """A question with codes of ours: it is well formed, and has no notes but what codes are called.

        Raises `NoProposal` where nothing is known by a name; `rejected` says which.
        """
        named = raw.get("conceptSets", {})
        unlinked = {name: value for name, value in raw.items() if name != "conceptSets"}
        made: JsonObject = self._walked(unlinked, named, "$", None)
        if any(each.why == "unknown-name" for each in self.rejected):
            raise NoProposal("codes")
        return {**made, "conceptSets": self._sets} if self._sets else made

    def _walked(self, value: Any, named: JsonObject, path: str, kind: str | None) -> Any:
        if isinstance(value, list):
            return [self._walked(each, named, f"{path}[{at}]", kind) for at, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        kind = value["kind"] if value.get("kind") in KINDS else kind
        made: JsonObject = {}
        for name, each in value.items():
            here = f"{path}.{name}"
            if kind is not None and name in _CODED and isinstance(each, dict | list):
                made[name] = self._linked(
                    each, named, here, kind, _OF_FIELDS.get(name, KINDS_OF.get(kind, ()))
                )
            elif kind is not None and name == "value" and isinstance(each, dict) and "codes" in each:
                codes = self._linked(each["codes"], named, f"{here}.codes", kind, _OF_FIELDS["value"])
                made[name] = {**each, "codes": codes}
            else:
                made[name] = self._walked(each, named, here, name if name in KINDS else kind)
        return made

    def _linked(
        self, codes: Any, named: JsonObject, path: str, kind: str, kinds: Sequence[LexiconKind]
    ) -> JsonObject:
        """The set of ours that stands for codes of a proposal, under its name."""
        name = ""
        if isinstance(codes, dict) and "set" in codes:
            name = codes["set"]
            path, codes = f"$.conceptSets.{name}", named[name]
        whole: JsonObject = {"include": codes} if isinstance(codes, list) else codes
        rows = self._rows(whole, name, path, kinds)
        left_out = self._rows({"include": whole["exclude"]}, "", path, kinds) if whole.get("exclude") else []
        if not rows:
            return {"set": "unknown"}
        made = self.linker.concept_set(rows, kind)
        if left_out:
            other = self.linker.concept_set(left_out, kind)["include"]
            made = {**made, "exclude": [*made.get("exclude", ()), *other]}
        self._compare(whole, made, rows, path)
        return put_set(self._sets, "-or-".join(row.id for row in rows), made)

    def _rows(
        self, codes: JsonObject, name: str, path: str, kinds: Sequence[LexiconKind]
    ) -> list[LexiconRow]:
        """What a set is called, as rows; where it has no name, what its codes are called."""
        for called in (_display(codes), name.replace("_", " ").replace("-", " ")):
            row = self._row(called, kinds)
            if row is not None:
                return [row]
        if _display(codes):
            self._reject(codes["include"], path, _display(codes))
            return []
        found = {}
        for at, each in enumerate(codes["include"]):
            row = self._row(_display(each), kinds)
            if row is None:
                self._reject([each], f"{path}[{at}]", _display(each) or name)
                return []
            found[row.id] = row
        return list(found.values())

    def _row(self, name: str, kinds: Sequence[LexiconKind]) -> LexiconRow | None:
        if not name_form(name):
            return None
        row = self.known.row(name, kinds)
        if row is not None:
            return row
        found = [
            each
            for source in self.sources
            for each in source.rows([name]).get(name, ())
            if each.kind in kinds
        ]
        return found[0] if found else None

    def _reject(self, codings: Sequence[JsonObject], path: str, name: str) -> None:
        self.rejected += (
            RejectedCode(path, each.get("system", ""), each["code"], name, "unknown-name") for each in codings
        )

    def _compare(self, codes: JsonObject, made: JsonObject, rows: Sequence[LexiconRow], path: str) -> None:
        """Tell of the codes that do not stand for what they are called."""
        name = _display(codes) or " or ".join(row.en[0] for row in rows)
        for each in codes["include"]:
            if not any(_covers(own, each) for own in made["include"]):
                code = RejectedCode(path, each.get("system", ""), each["code"], name, "not-of-that-name")
                self.rejected.append(code)


def _covers(own: JsonObject, other: JsonObject) -> bool:
    if own.get("system") != other.get("system"):
        return False
    return bool(
        own["code"] == other["code"] or (own.get("descendants") and other["code"].startswith(own["code"]))
    )


def _display(codes: JsonObject) -> str:
    """What a set or a code is called there, in English before Korean; "" where it is not said."""
    return next((each[:_LONGEST_NAME] for each in _displays(codes.get("display")) if each.strip()), "")


def _displays(display: Any) -> Iterator[str]:
    if isinstance(display, str):
        yield display
    elif isinstance(display, dict):
        yield from (display[each] for each in ("en", "ko") if isinstance(display.get(each), str))
