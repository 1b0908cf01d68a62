"""How the words and codes of a tenant's records are gathered: in leaps, then by what was written.

A value that many records have is passed in one step, and a step reads the more rows the more of them differ,
so a million records of a hundred codes cost a hundred steps and as many codes some tens.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fhir_profiles.index.kept import beside
from fhir_profiles.index.tokens import TEXT
from graph.cypher.leaves import hint
from graph.keys import kind_key, term_key, unescaped, value_key
from graph.query.expression import Kind
from graph.session import Graph
from graph.vocabulary.element_words import MOST_WORDS, ElementWords

_FEWEST, _MOST = 512, 16_384  # rows of one step: so many take as long as asking does
_GROWING, _MANY = 4, 32  # a step is followed by a larger one unless a value has more rows than that
_AT_ONCE = 1_000  # versions that are looked at in one statement
_MOST_WRITTEN = 20_000  # versions of a type that are looked at one by one; beyond, its words are found anew

_TEXTS = f"""
MATCH (t:Text) {hint("t", Kind.TEXT)} WHERE t.key = $key AND t.value > $after
WITH t ORDER BY t.key, t.value LIMIT $limit
RETURN DISTINCT t.value AS found
"""
_CODES = f"""
MATCH (t:Term) {hint("t", Kind.TERM)} WHERE t.key > $after AND t.key < $end AND t.serial IS NOT NULL
WITH t ORDER BY t.key, t.serial LIMIT $limit
RETURN DISTINCT t.key AS found
"""
_UNTIL = """
MATCH (v:Version) USING INDEX v:Version(kind, sequence)
WHERE v.kind = $kind AND v.sequence > $after AND v.sequence <= $last
WITH v ORDER BY v.kind, v.sequence LIMIT $limit
RETURN count(v) AS count, max(v.sequence) AS until
"""
_WRITTEN = """
MATCH (v:Version) USING INDEX v:Version(kind, sequence)
WHERE v.kind = $kind AND v.sequence > $after AND v.sequence <= $until
MATCH (v)<-[:HAS_VERSION]-(r:Resource)
WITH DISTINCT r
MATCH (r)<-[:OF]-(row)
WHERE (row:Text AND row.key IN $texts)
  OR (row:Term AND any(prefix IN $codes WHERE row.key STARTS WITH prefix))
RETURN DISTINCT row:Text AS isText, row.key AS key, row.value AS value
"""


@dataclass(frozen=True, slots=True)
class CodedElement:
    """A search parameter of a type whose codes and words are kept."""

    resource: str
    parameter: str

    def text_key(self, tenant: str) -> str:
        """The key of the rows that hold its words."""
        return value_key(tenant, self.resource, beside(self.parameter, TEXT))

    def code_prefix(self, tenant: str) -> str:
        """What the keys of its codes begin with."""
        return term_key(tenant, self.resource, self.parameter, "")


def gathered(graph: Graph, tenant: str, element: CodedElement, most: int = MOST_WORDS) -> ElementWords:
    """All words and codes of an element, at most so many of each."""
    prefix = element.code_prefix(tenant)
    texts = _steps(graph, _TEXTS, "", most, key=element.text_key(tenant))
    codes = _steps(graph, _CODES, prefix, most, end=prefix[:-1] + chr(ord(prefix[-1]) + 1))
    return ElementWords(texts, (unescaped(each[len(prefix) :]) for each in codes), most)


def _steps(graph: Graph, statement: str, first: str, most: int, **parameters: str) -> Iterator[str]:
    """The values behind the first, in the order of the index, and one beyond the most that are wanted."""
    after, limit, many = first, _FEWEST, 0
    while many <= most:
        rows = graph.read(statement, after=after, limit=limit, **parameters)
        if not rows:
            return
        yield from (row["found"] for row in rows)
        after, many = rows[-1]["found"], many + len(rows)
        dense = len(rows) * _MANY >= limit
        limit = min(limit * _GROWING, _MOST) if dense else max(limit // _GROWING, _FEWEST)


def add_written(
    graph: Graph, tenant: str, words: Mapping[CodedElement, ElementWords], after: int, last: int
) -> Sequence[CodedElement]:
    """Add the words of what was written behind one change up to another.

    The elements of which too much was written for that are returned: their words are to be gathered anew.
    """
    anew: list[CodedElement] = []
    for resource in dict.fromkeys(each.resource for each in words):
        some = {each: of for each, of in words.items() if each.resource == resource}
        written = _WrittenWords(graph, tenant, kind_key(tenant, resource), some)
        if not written.added(after, last):
            anew += some
    return anew


@dataclass(frozen=True, slots=True)
class _WrittenWords:
    """The words of what is written of one type."""

    graph: Graph
    tenant: str
    kind: str
    words: Mapping[CodedElement, ElementWords]

    def added(self, after: int, last: int) -> bool:
        """Whether the words of what was written could be added."""
        if last - after > _MOST_WRITTEN and self._some(after, last, _MOST_WRITTEN + 1)[0] > _MOST_WRITTEN:
            return False
        while after < last:
            many, until = self._some(after, last, _AT_ONCE)
            if many:
                self._add(after, until)
            after = until if many == _AT_ONCE else last
        return True

    def _some(self, after: int, last: int, limit: int) -> tuple[int, int]:
        """How many versions there are, at most so many, and up to which change."""
        (row,) = self.graph.read(_UNTIL, kind=self.kind, after=after, last=last, limit=limit)
        return row["count"], row["until"] or last

    def _add(self, after: int, until: int) -> None:
        texts = {each.text_key(self.tenant): of for each, of in self.words.items()}
        codes = {each.code_prefix(self.tenant): of for each, of in self.words.items()}
        wanted = {"texts": list(texts), "codes": list(codes)}
        rows = self.graph.read(_WRITTEN, kind=self.kind, after=after, until=until, **wanted)
        for key, of in texts.items():
            of.add((row["value"] for row in rows if row["isText"] and row["key"] == key), ())
        keys = [row["key"] for row in rows if not row["isText"]]
        for prefix, of in codes.items():
            of.add((), (unescaped(key[len(prefix) :]) for key in keys if key.startswith(prefix)))
