"""Whether a code that an ontology refers to means the same as its concept, or something wider.

The ontologies in packages say "see also" and no more, and a reference to ICD-10 is often to the category that
a rare disease is counted in. To take such a code for the same would make everybody in the category a case of
the disease. So a reference is the same where the names agree; where the names of the other system are not at
hand, where no second concept claims the code, or all that claim it stand below the one. A code that several
claim is wider than the rest of them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.terminology.sources.documents import EQUIVALENT, RELATED, WIDER, MapRows
from fhir_profiles.folding import fold
from fhir_profiles.terminology import Coding

_WORDS = re.compile(r"[^\w+]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_IDLE = frozenset(["", "a", "an", "the", "of", "in", "on", "to", "and", "with", "due", "disease", "disorder"])
_REST = frozenset(["other", "nos", "nec", "unspecified", "elsewhere", "specified"])
_PLURAL = 4  # letters and more of a word whose last s is no part of it
_PHRASES = (
    ("malignant neoplasm", "cancer"),
    ("malignant tumor", "cancer"),
    ("malignant tumour", "cancer"),
    ("tumour", "tumor"),
)
NameWords: TypeAlias = Collection[frozenset[str]]


def words_of_name(name: str) -> frozenset[str]:
    """The words that tell a name, whatever their order, number and form."""
    text = fold(name).replace("'s", "")
    for phrase, other in _PHRASES:
        text = text.replace(phrase, other)
    return frozenset(map(_singular, _WORDS.split(text))) - _IDLE


def is_rest(title: str) -> bool:
    """Whether a title is of what has no code of its own: such a code is no disease's."""
    return not _REST.isdisjoint(_WORDS.split(fold(title)))


def names_of(names: Iterable[str]) -> frozenset[frozenset[str]]:
    """The words of some names, with what stands in brackets and without it."""
    forms = {form for each in names for form in (each, _IN_BRACKETS.sub(" ", each))}
    return frozenset(words for words in map(words_of_name, forms) if words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) >= _PLURAL and word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True, slots=True)
class Claimant:
    """A concept that refers to codes of other systems: its names, and the codes above it."""

    coding: Coding
    names: NameWords
    parents: Sequence[str]
    references: Sequence[Coding]


@dataclass(frozen=True, slots=True)
class OtherNames:
    """The names that are known of the codes of other systems, by system.

    A system of `trusted` is kept in step with the ontology and refers back: a single claim on its code holds.
    """

    known: Mapping[str, Callable[[str], NameWords | None]] = field(default_factory=dict)
    trusted: Collection[str] = ()

    def of(self, coding: Coding) -> NameWords | None:
        """The names of a code; None where nobody here knows them."""
        system, code = coding
        return self.known[system](code) if system in self.known else None


def judged(claimants: Sequence[Claimant], others: OtherNames) -> MapRows:
    """What each concept refers to, with how it stands to it."""
    claims: dict[Coding, list[Claimant]] = {}
    for each in claimants:
        for reference in dict.fromkeys(each.references):
            claims.setdefault(reference, []).append(each)
    above = {each.coding[1]: each.parents for each in claimants}
    rows: dict[Coding, list[tuple[Coding, str]]] = {}
    for reference, some in claims.items():
        for claimant, equivalence in _judged(reference, some, others, above):
            rows.setdefault(claimant.coding, []).append((reference, equivalence))
    return rows


def _judged(
    reference: Coding, some: Sequence[Claimant], others: OtherNames, above: Mapping[str, Sequence[str]]
) -> Iterable[tuple[Claimant, str]]:
    names = others.of(reference)
    same = [each for each in some if names and not set(names).isdisjoint(each.names)]
    if not same and (names is None or reference[0] in others.trusted):
        same = [each for each in some if _is_top(each, some, above)]
    rest = WIDER if same or len(some) > 1 else RELATED
    return [(each, EQUIVALENT if each in same else rest) for each in some]


def _is_top(concept: Claimant, some: Sequence[Claimant], above: Mapping[str, Sequence[str]]) -> bool:
    """Whether all others that claim a code stand below one."""
    code = concept.coding[1]
    return all(code in _ancestors(each.coding[1], above) for each in some if each is not concept)


def _ancestors(code: str, above: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(above.get(code, ()))
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(above.get(each, ()))
    return found
