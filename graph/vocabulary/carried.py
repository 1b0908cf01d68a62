"""The codes that a caller's records carry, by what these call them or by how they begin."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graph.keys import resource_key, term_key, unescaped
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen
from graph.vocabulary.element_words import ElementWords
from graph.vocabulary.gathering import CodedElement
from graph.vocabulary.tenant_words import TenantWords

_AT_ONCE = 500  # words or codes of one statement
_MOST_CODES = 400  # that are found of one thing: more than one concept set takes
_WITNESSES, _MOST_WITNESSES = 16, 256  # records whose codes are read for one word, or systems for one code
_KEPT = 120  # bytes that one takes in memory

_PATIENT = "head([each IN coalesce(r.compartment, []) WHERE each STARTS WITH $patients])"
_BY_TEXT = f"""
UNWIND $texts AS text
CALL (text) {{
  MATCH (t:Text) USING INDEX t:Text(key, value) WHERE t.key = $key AND t.value = text
  MATCH (t)-[:OF]->(r:Resource) WHERE r.deleted = false AND {seen("r")}
  RETURN t, r LIMIT $witnesses
}}
MATCH (c:Term)-[:OF]->(r) WHERE c.key STARTS WITH $prefix
WITH text, c.system AS system, substring(c.key, size($prefix)) AS code, min(t.exact) AS exact,
  collect(DISTINCT {_PATIENT}) AS patients
WHERE size(patients) >= $least
RETURN system, code, CASE WHEN $least > 0 THEN text ELSE exact END AS display
ORDER BY system, code, display
"""
_BY_CODE = f"""
UNWIND $keys AS key
CALL (key) {{
  MATCH (c:Term) USING INDEX c:Term(key, serial) WHERE c.key = key AND c.serial IS NOT NULL
    AND c.system IN $systems
  MATCH (c)-[:OF]->(r:Resource) WHERE r.deleted = false AND {seen("r")}
  WITH c, r LIMIT $witnesses
  WITH c.system AS system, collect(DISTINCT {_PATIENT}) AS patients WHERE size(patients) >= $least
  RETURN system
}}
RETURN DISTINCT system, substring(key, size($prefix)) AS code ORDER BY system, code
"""


class CarriedCode(NamedTuple):
    """A code that some record carries; `system` and `display` are "" where there are none."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class WantedCodes:
    """What is looked for: records that are called by one of `names`, or of which a name holds one of `words`;
    and codes that are one of `exact`, or begin as one of `beginnings` does, in its system. All names and
    words are folded."""

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    beginnings: tuple[tuple[str, str], ...] = ()
    exact: tuple[tuple[str, str], ...] = ()

    def texts_of(self, known: ElementWords) -> frozenset[str]:
        """The known words that are looked for."""
        return known.called(self.names) | known.holding(self.words)

    def codes_of(self, known: ElementWords) -> Iterator[str]:
        """The known codes that are looked for."""
        yield from (code for _, code in self.exact if known.has_code(code))
        for code in dict.fromkeys(code for _, code in self.beginnings):
            yield from known.beginning(code)

    def is_among(self, system: str, code: str) -> bool:
        """Whether a code is one of those that are looked for."""
        begins = any(system == each and code.startswith(first) for each, first in self.beginnings)
        return begins or (system, code) in self.exact


@scoped
class CarriedCodeStore:
    """Looks up the codes of records; what a caller may not see has no part in what they are told.

    Only what the records of `least` patients carry is told, and by the words that they share; 0 is all.
    """

    def __init__(self, graph: Graph, words: TenantWords, least: int = 0) -> None:
        self._graph = graph
        self._words = words
        self._least = least

    def carried(
        self, scope: AccessScope, element: CodedElement, wanted: WantedCodes
    ) -> tuple[CarriedCode, ...]:
        """The codes of records that are the caller's to see and are what is looked for, in order.

        Where they are more than a concept set takes, not all of them. Raises what `TenantWords.of` raises.
        """
        return self._graph.recalled(
            scope,
            ("carried", self._least, element, wanted),
            lambda: self._carried(scope, element, wanted),
            lambda found: _KEPT * (len(found) + 1),
        )

    def called(
        self, scope: AccessScope, element: CodedElement, texts: Collection[str]
    ) -> tuple[CarriedCode, ...]:
        """The codes of the caller's records that are called by one of some folded texts, in order."""
        found: dict[tuple[str, str], CarriedCode] = {}
        for some in _slices(sorted(texts)):
            rows = self._graph.read_seen(
                scope,
                _BY_TEXT,
                texts=some,
                key=element.text_key(scope.tenant),
                prefix=element.code_prefix(scope.tenant),
                witnesses=_MOST_WITNESSES if self._least else _WITNESSES,
                patients=resource_key(scope.tenant, "Patient", ""),
                least=self._least,
            )
            for row in rows:
                code = CarriedCode(row["system"] or "", unescaped(row["code"]), row["display"])
                found.setdefault((code.system, code.code), code)
            if len(found) > _MOST_CODES:
                break
        return tuple(found.values())

    def named(
        self, scope: AccessScope, element: CodedElement, forms: Iterable[str]
    ) -> tuple[CarriedCode, ...]:
        """The codes of the caller's records whose name, or what it is a case of, has one of some forms.

        Forms are those of `name_form`, so words of a question find the names that records write otherwise.
        Raises what `TenantWords.of` raises.
        """
        texts = self._words.of(scope.tenant)[element].formed(forms)
        return self.called(scope, element, texts) if texts else ()

    def is_cut(self, scope: AccessScope, element: CodedElement) -> bool:
        """Whether the records of the whole tenant have more words or codes of an element than are known.

        Raises what `TenantWords.of` raises.
        """
        return self._words.of(scope.tenant)[element].is_cut

    def _carried(
        self, scope: AccessScope, element: CodedElement, wanted: WantedCodes
    ) -> tuple[CarriedCode, ...]:
        words = self._words.of(scope.tenant)[element]
        texts, codes = wanted.texts_of(words), sorted(set(wanted.codes_of(words)))
        found = list(self.called(scope, element, texts)) if texts else []
        found += self._by_code(scope, element, codes, wanted)
        return tuple({(each.system, each.code): each for each in reversed(found)}.values())[::-1]

    def _by_code(
        self, scope: AccessScope, element: CodedElement, codes: list[str], wanted: WantedCodes
    ) -> Iterator[CarriedCode]:
        tenant, many = scope.tenant, 0
        for some in _slices(codes):
            rows = self._graph.read_seen(
                scope,
                _BY_CODE,
                keys=[term_key(tenant, element.resource, element.parameter, each) for each in some],
                systems=sorted({system for system, _ in (*wanted.beginnings, *wanted.exact)}),
                witnesses=_MOST_WITNESSES,
                prefix=element.code_prefix(tenant),
                patients=resource_key(tenant, "Patient", ""),
                least=self._least,
            )
            for row in rows:
                found = CarriedCode(row["system"] or "", unescaped(row["code"]), "")
                if wanted.is_among(found.system, found.code):
                    many += 1
                    yield found
            if many > _MOST_CODES:
                return


def _slices(of: Sequence[str]) -> Iterator[Sequence[str]]:
    """The parts of a list that one statement takes each."""
    yield from (of[at : at + _AT_ONCE] for at in range(0, len(of), _AT_ONCE))
