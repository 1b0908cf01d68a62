"""Where a statement starts: at the leaf with the fewest rows, as far as that is known."""

import pytest

from graph.cypher.compile import page
from graph.cypher.drivers import COUNTED, driver
from graph.cypher.probe import probe, sizes_of
from graph.keys import term_key
from graph.query.attributes import BY_KEYWORD, SERIES, STUDY
from graph.query.expression import (
    All,
    Along,
    Any,
    Expression,
    Field,
    Inside,
    KeyIn,
    Kind,
    Layout,
    Match,
    Members,
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
)
from graph.scope import AccessScope
from graph.session import Graph
from tests.graph.cypher.conftest import Worlds

EVERYTHING = AccessScope("t", "someone", "clinician", "care")
ASSIGNED = AccessScope("t", "someone", "reader", "care", patients=frozenset({"t|-|Patient|p1"}))
CODE, STATUS = Field("Observation", "code", Kind.TERM), Field("Observation", "status", Kind.TERM)
SUBJECT, DATE = Field("Observation", "subject", Kind.TERM), Field("Observation", "date", Kind.SPAN)
NAME, GENDER = Field("Patient", "name", Kind.TEXT), Field("Patient", "gender", Kind.TERM)
A_CODE, FINAL = Term(CODE, ("a",)), Term(STATUS, ("final",))
OF_PATIENT = Term(SUBJECT, ("Patient/p1",))
DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("entity", "where", "chosen"),
    [
        ("Observation", All((FINAL, A_CODE)), A_CODE),
        ("Observation", All((A_CODE, OF_PATIENT)), OF_PATIENT),
        ("Observation", All((OF_PATIENT, keys := KeyIn("Observation", ("t|-|Observation|1",)))), keys),
        ("Observation", All((A_CODE, Not(OF_PATIENT), Any((OF_PATIENT, Present(DATE))))), A_CODE),
        ("Observation", All((FINAL, day := Span(DATE, Order.EQ, 0, DAY))), day),
        ("Patient", All((Term(GENDER, ("male",)), name := Text(NAME, Match.PREFIX, "Kim"))), name),
        ("Patient", All((Text(NAME, Match.PREFIX, "K"), Text(NAME, Match.CONTAINS, "im"))), None),
        ("Patient", cohort := Related(Members("Observation"), A_CODE), cohort),
        ("Patient", either := Any((KeyIn("Patient", ("k",)), Text(NAME, Match.EXACT, "Kim"))), either),
        ("Observation", FINAL, None),
        ("Observation", many := Term(STATUS, tuple(f"s{at}" for at in range(300))), many),
        ("Observation", Span(DATE, Order.GE, 0, DAY), None),
        ("Observation", Related(Along(("subject",), ("Patient", "Group")), KeyIn("Patient", ("k",))), None),
        ("Observation", All(), None),
    ],
)
def test_the_conjunct_with_the_fewest_rows_drives(
    entity: str, where: Expression, chosen: Expression | None
) -> None:
    assert driver(EVERYTHING, entity, where, {}).leaf == chosen


def test_known_counts_are_stronger_than_what_is_usual() -> None:
    sizes = {
        term_key("t", "Observation", "code", "a"): 3_900,
        term_key("t", "Observation", "status", "final"): 7,
    }
    assert driver(EVERYTHING, "Observation", All((A_CODE, FINAL)), sizes).leaf == FINAL


def test_few_grants_drive_when_nothing_better_does() -> None:
    assert driver(ASSIGNED, "Observation", FINAL, {}).granted
    assert driver(ASSIGNED, SERIES, All(), {}).granted
    assert not driver(ASSIGNED, "Observation", KeyIn("Observation", ("k",)), {}).granted
    assert driver(ASSIGNED, "Practitioner", All(), {}).leaf is None


def test_a_common_code_sorted_by_date_is_walked_and_a_rare_one_is_sorted() -> None:
    question = Question("Observation", A_CODE, Page(50, (Sort(DATE, descending=True),)))
    key = term_key("t", "Observation", "code", "a")
    assert "Span(key, low)" in page(EVERYTHING, question, {key: COUNTED}).text
    assert "Span(key, low)" not in page(EVERYTHING, question, {key: 20}).text


@pytest.mark.parametrize(
    ("where", "sort"),
    [(A_CODE, ()), (All((OF_PATIENT, KeyIn("Observation", ("k",)))), ()), (Present(DATE), (Sort(DATE),))],
)
def test_nothing_is_counted_where_there_is_nothing_to_choose(
    where: Expression, sort: tuple[Sort, ...]
) -> None:
    assert probe(EVERYTHING, Question("Observation", where, Page(50, sort))) is None


def test_a_probe_counts_the_codes_of_a_question(worlds: Worlds, graph: Graph) -> None:
    tenant = worlds.tenants[0]
    scope = AccessScope(tenant, "someone", "clinician", "care")
    statement = probe(scope, Question("Observation", All((FINAL, A_CODE)), Page(50)))
    assert statement is not None
    sizes = sizes_of(graph.read_statement(statement))
    assert set(sizes) == {
        term_key(tenant, "Observation", "status", "final"),
        term_key(tenant, "Observation", "code", "a"),
    }
    assert sizes[term_key(tenant, "Observation", "status", "final")] > 0
    assert sizes[term_key(tenant, "Observation", "code", "a")] == 0


def test_attributes_of_pictures_drive_by_their_own_indexes() -> None:
    of_name = Text(BY_KEYWORD["PatientID"].field, Match.EQUALS, "P1")
    uid = Term(Field(STUDY, "StudyInstanceUID", Kind.TERM, Layout.PROPERTY), ("1.2",))
    assert driver(EVERYTHING, STUDY, All((of_name, uid)), {}).leaf == uid
    related = Related(Inside(SERIES), Term(BY_KEYWORD["SeriesInstanceUID"].field, ("1.2.3",)))
    assert driver(EVERYTHING, STUDY, related, {}).leaf == related
