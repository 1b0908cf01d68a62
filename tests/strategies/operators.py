"""Each operator alone, on random fields and values: what a tree draws seldom is asked often enough here."""

from collections import Counter
from collections.abc import Iterator
from random import Random

from graph.query.expression import (
    AtLeast,
    CodePart,
    Expression,
    Field,
    KeyIn,
    Kind,
    Layout,
    Match,
    Not,
    Order,
    Page,
    Present,
    Question,
    Related,
    Sort,
    Span,
    Term,
    Text,
    Unlike,
)
from tests.strategies.fields import FIELDS, KEYS, LINKS
from tests.strategies.trees import WORLDS, Asked, operators

EACH = 30
A_FEW = 4
_MATCHES = tuple(each for each in Match if each is not Match.SUFFIX)  # which only `_filter` asks
_ALL_FIELDS = [field for fields in FIELDS.values() for field in fields]
_CODED = {
    entity: found
    for entity, fields in FIELDS.items()
    if (found := [each for each in fields if each.kind is Kind.TERM and each.layout is Layout.ROWS])
}


def each_operator_alone(seed: int) -> Iterator[Asked]:
    """Some questions for each order of spans, match of texts, link, layout and kind of sort."""
    random = Random(f"operators {seed}")
    for _ in range(EACH):
        for order in Order:
            yield _asked(random, _span(random, order))
        for match in _MATCHES:
            yield _asked(random, _text(random, match))
        for layout in Layout:
            yield _asked(random, _term(random, layout))
            yield _asked(random, Present(_field(random, layout=layout)))
        for entity, ways in LINKS.items():
            link, end = random.choice(ways)
            yield _of(
                random, entity, Related(link, random.choice((Not(_leaf(random, end)), _leaf(random, end))))
            )
        entity = random.choice(sorted(KEYS))
        yield _of(random, entity, KeyIn(entity, tuple(random.sample(KEYS[entity], 1))))
    counting = Random(f"counting {seed}")
    for _ in range(EACH):
        entity = counting.choice(sorted(FIELDS))
        parts = tuple(_leaf(counting, entity) for _ in range(3))
        yield _of(counting, entity, AtLeast(counting.randint(1, 3), parts))
        codes = tuple(
            _code(counting, entity) for _ in range(4) if entity in _CODED
        )  # off each a search starts
        if codes:
            yield _of(counting, entity, AtLeast(counting.randint(1, 3), codes))
    filtering = Random(f"filtering {seed}")
    for _ in range(EACH):
        for leaf in _of_filters(filtering):
            yield _of(filtering, leaf.field.entity, leaf)


def a_few_of_each_operator() -> Iterator[Asked]:
    """Of all of these the first for each operator, on each layout."""
    seen: Counter[str] = Counter()
    for asked in each_operator_alone(0):
        names = operators(asked.question.where)
        if any(seen[name] < A_FEW for name in names):
            seen.update(names)
            yield asked


def _of_filters(random: Random) -> Iterator[Text | CodePart | Unlike]:
    """What only `_filter` and the modifiers of a uri ask, of rows of values."""
    entity = random.choice(sorted(_CODED))
    term = _code(random, entity)
    yield Unlike(term)
    yield CodePart(term.field, term.codes[0][random.randint(0, 2) :].upper())
    yield CodePart(term.field, term.codes[0][:3], begins=True)
    written = _field(random, Kind.TEXT, Layout.ROWS)
    value = random.choice(FIELDS[written.entity][written])
    text = Text(written, random.choice((Match.SUFFIX, Match.EQUALS)), random.choice((value, value[-2:])))
    yield text
    yield Unlike(text)


def _code(random: Random, entity: str) -> Term:
    field = random.choice(_CODED[entity])
    return Term(field, (random.choice(FIELDS[entity][field]),))


def _leaf(random: Random, entity: str) -> Expression:
    field = random.choice(list(FIELDS[entity]))
    if field.kind is Kind.TERM:
        return Term(field, tuple(random.sample(FIELDS[entity][field], 1)))
    return Present(field)


def _field(random: Random, kind: Kind | None = None, layout: Layout | None = None) -> Field:
    return random.choice(
        [each for each in _ALL_FIELDS if kind in (None, each.kind) and layout in (None, each.layout)]
    )


def _span(random: Random, order: Order) -> Span:
    field = _field(random, Kind.SPAN)
    low, high = sorted(random.sample(FIELDS[field.entity][field], 2))
    return Span(field, order, low, high)


def _text(random: Random, match: Match) -> Text:
    field = _field(random, Kind.TEXT)
    value = random.choice(FIELDS[field.entity][field])
    return Text(field, match, random.choice((value, value.upper(), value[:2], value[-3:], f"*{value[-2:]}?")))


def _term(random: Random, layout: Layout) -> Term:
    field = _field(random, Kind.TERM, layout)
    codes = tuple(random.sample(FIELDS[field.entity][field], min(2, len(FIELDS[field.entity][field]))))
    systems = (None, "", "http://a.example") if layout is Layout.ROWS else (None,)
    return Term(field, codes, random.choice(systems))


def _asked(random: Random, leaf: Span | Text | Term | Present) -> Asked:
    return _of(random, leaf.field.entity, leaf)


def _of(random: Random, entity: str, where: Expression) -> Asked:
    sort = Sort(random.choice([None, *FIELDS[entity]]), random.random() < 0.5)
    page = Page(random.randint(1, 5), (sort,) if random.random() < 0.5 else ())
    return Asked(random.randrange(WORLDS), "default", None, frozenset(), Question(entity, where, page))
