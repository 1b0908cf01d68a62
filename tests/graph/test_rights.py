"""A right says the same of every row in memory, in fixed statements and in compiled ones."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.allowances import SECURITY, Allowance, Deed, TokenCondition, kept, of_kept, sort_of
from graph.cypher.compile import page, unjudged_page
from graph.cypher.enforce import enforce
from graph.cypher.statement import Statement
from graph.errors import ScopeMissing
from graph.keys import kind_key, partition_key, resource_key, term_key, version_key
from graph.query.expression import All, KeyIn, Page, Question
from graph.query.rows import COMPARTMENT
from graph.refusals import UNLABELLED, Denial, Refusals, RowCondition, Traits
from graph.scope import AccessScope
from graph.session import Graph
from graph.visibility import judged_column, seen, under_rights, version_seen

TENANT = f"rights{uuid4().hex[:8]}"
PATIENTS = ("Patient/p0", "Patient/p1", "Patient/p2")
STUDIES = ("ImagingStudy/s0", "ImagingStudy/s1")
MEMBERS: tuple[tuple[str, ...], ...] = ((), PATIENTS[:1], PATIENTS[1:2], PATIENTS[::2])
NAMED: tuple[tuple[str, ...] | None, ...] = (None, *MEMBERS, STUDIES[:1], (*STUDIES, *PATIENTS))
PARTITIONS = (None, "default", "other")
SYSTEM = "http://example.org/category"
CATEGORIES = ("laboratory", "survey")
SORTS: tuple[tuple[str, ...], ...] = (
    (),
    (sort_of("category", "laboratory", SYSTEM),),
    (sort_of("category", "survey", SYSTEM), sort_of("category", "laboratory", "")),
    (sort_of("code", "laboratory", SYSTEM),),
)
LABELS = tuple(sort_of(SECURITY, code, SYSTEM) for code in ("R", "HIV"))
CARE = (None, [10, 20], [15, 40])
READERS = ("Practitioner/d0", "Practitioner/d9")
BORNE: tuple[tuple[str, ...], ...] = ((), (), LABELS[:1], LABELS)
_CREATE = """
UNWIND $rows AS row
CREATE (r:Resource) SET r = row.properties
FOREACH (key IN row.terms | CREATE (:Term {key: key, system: '', serial: row.properties.serial})-[:OF]->(r))
WITH r, row UNWIND row.versions AS version
CREATE (r)-[:HAS_VERSION]->(v:Version) SET v = version
"""
_FIXED = f"UNWIND $keys AS key MATCH (r:Resource {{key: key}}) WHERE {seen('r')} RETURN r.key AS key"
_TOGETHER = f"""UNWIND $keys AS key MATCH (r:Resource {{key: key}}) WHERE {seen("r")}
RETURN collect([r.key]) AS rows, collect({judged_column("r")}) AS judged"""
_VERSIONS = f"""
UNWIND $keys AS key MATCH (r:Resource {{key: key}})-[:HAS_VERSION]->(v:Version)
WHERE {version_seen("r", "v")} RETURN v.key AS key
"""


@dataclass(frozen=True)
class Row:
    """One row: its type and id, whom it is about (None for what everybody may read), and its partition."""

    entity: str
    id: str
    members: tuple[str, ...] | None
    partition: str | None
    sorts: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    care: list[int] | None = None
    kept: str | None = None

    @property
    def name(self) -> str:
        return f"{self.entity}/{self.id}"

    def key(self, tenant: str) -> str:
        return resource_key(tenant, self.entity, self.id)

    def compartment(self, tenant: str) -> list[str] | None:
        return keyed(tenant, self.members)

    def reader(self, tenant: str) -> str | None:
        return resource_key(tenant, *self.kept.split("/")) if self.kept else None

    def partition_key(self, tenant: str) -> str | None:
        return partition_key(tenant, self.partition) if self.partition else None


def keyed(tenant: str, names: Iterable[str] | None) -> list[str] | None:
    return None if names is None else [resource_key(tenant, *each.split("/")) for each in names]


ROWS = (
    *(Row("ImagingStudy", f"s{n}", *each) for n, each in enumerate(product(MEMBERS, PARTITIONS))),
    *(
        Row("Observation", f"o{n}", *each[:1], None, *each[1:], care=CARE[n % len(CARE)])
        for n, each in enumerate(product(MEMBERS, SORTS, BORNE))
    ),
    Row("ImagingStudy", "labelled", PATIENTS[:1], "default", security=LABELS[:1]),
    Row("Practitioner", "d2", None, None, SORTS[1], LABELS[1:]),
    *(Row("Observation", f"kept{n}", (each,), None, kept=each) for n, each in enumerate(READERS)),
    Row("Device", "kept", PATIENTS[:1], None, kept=READERS[1]),
    *(Row("Device", f"v{n}", each, None) for n, each in enumerate(NAMED) if each is not None),
    Row("Practitioner", "d0", None, None),
    Row("Practitioner", "d1", PATIENTS[:1], None),
)


@pytest.fixture(scope="module")
def written(graph: Graph) -> str:
    """The tenant that holds the rows."""
    rows = [_row(TENANT, serial, row) for serial, row in enumerate(ROWS)]
    graph.write(lambda transaction: transaction.run(_CREATE, rows=rows))
    return TENANT


def _row(tenant: str, serial: int, row: Row) -> dict[str, object]:
    properties = {
        "key": row.key(tenant),
        "kind": kind_key(tenant, row.entity),
        "id": row.id,
        "serial": serial,
        "deleted": False,
        "compartment": row.compartment(tenant),
        "partition": row.partition_key(tenant),
        "sorts": list(row.sorts) or None,
        "security": list(row.security) or None,
        "care": row.care,
        "kept": row.reader(tenant),
    }
    members = [term_key(tenant, row.entity, COMPARTMENT, each) for each in row.members or ()]
    versions = [
        {
            "key": version_key(row.key(tenant), number),
            "compartment": keyed(tenant, named),
            "sorts": list(SORTS[number % len(SORTS)]) or None,
            "security": list(BORNE[number % len(BORNE)]) or None,
            "care": CARE[number % len(CARE)],
        }
        for number, named in enumerate(NAMED)
    ]
    return {"properties": properties, "terms": members, "versions": versions}


CONDITIONS = st.builds(
    TokenCondition,
    st.sampled_from(("category", "code")),
    st.lists(
        st.tuples(st.sampled_from((None, "", SYSTEM)), st.sampled_from(CATEGORIES)), min_size=1, max_size=2
    ).map(tuple),
)
ALLOWANCES = st.builds(
    Allowance,
    st.sampled_from((None, "Observation", "ImagingStudy", "Practitioner")),
    st.frozensets(st.sampled_from(tuple(Deed)), min_size=2),
    st.lists(CONDITIONS, max_size=2).map(tuple),
    st.sampled_from((None, *(keyed(TENANT, PATIENTS) or ()))),
)


ROW_CONDITIONS = st.builds(
    RowCondition,
    kinds=st.sampled_from((None, None, ("Observation",), ("ImagingStudy", "Device"))),
    sorts=st.sampled_from((None, None, (sort_of("category", "laboratory"), sort_of("code", "laboratory")))),
    labels=st.sampled_from((None, None, LABELS[:1], (UNLABELLED, *LABELS[1:]))),
    keys=st.sampled_from((None, None, tuple(keyed(TENANT, ("Observation/o1", "Device/v2")) or ()))),
    about=st.sampled_from(((), tuple(keyed(TENANT, STUDIES) or ()))),
    care=st.sampled_from((None, None, (0, 12), (18, 50))),
)
SEVERAL = st.lists(ROW_CONDITIONS, max_size=2).map(tuple)
DENIALS = st.lists(st.builds(Denial, SEVERAL, SEVERAL), min_size=1, max_size=2)


PARTS = (
    (),
    ("grants",),
    ("allowances",),
    ("labels",),
    ("consents",),
    ("kept",),
    ("grants", "kept"),
    ("grants", "allowances", "labels", "consents", "kept"),
)
"""What narrows a caller: few texts, since Neo4j plans each anew."""


READING = (
    lambda _tenant: frozenset(),
    lambda tenant: frozenset(keyed(tenant, READERS[1:]) or ()),
)
"""Who reads nothing that is kept for somebody, and one for whom some is."""


@st.composite
def scopes(draw: st.DrawFn, tenant: str = TENANT) -> AccessScope:
    """A caller who sees everything, or what some parts of a right leave."""
    parts = draw(st.sampled_from(PARTS))
    patients = draw(st.frozensets(st.sampled_from(PATIENTS)))
    studies = draw(st.frozensets(st.sampled_from([row.name for row in ROWS if row.entity == "ImagingStudy"])))
    allowances = draw(st.lists(ALLOWANCES, min_size=1, max_size=3).map(tuple))
    denials = draw(st.dictionaries(st.sampled_from(keyed(tenant, PATIENTS) or ()), DENIALS))
    withheld = draw(st.frozensets(st.sampled_from(LABELS), min_size=1))
    granted = "grants" in parts
    return AccessScope(
        tenant,
        "someone",
        "any",
        "test",
        partition=draw(st.sampled_from(["default", "other"])),
        patients=frozenset(keyed(tenant, patients) or ()) if granted else None,
        studies=frozenset(keyed(tenant, studies) or ()) if granted else frozenset(),
        allowances=allowances if "allowances" in parts else None,
        deed=draw(st.sampled_from((None, Deed.READ, Deed.SEARCH))),
        withheld=withheld if "labels" in parts else frozenset(),
        refusals=Refusals(denials) if "consents" in parts else Refusals({}),
        readers=draw(st.sampled_from(READING))(tenant) if "kept" in parts else None,
    )


ENTITIES = ("ImagingStudy", "Observation", "Device", "Practitioner")
SETTINGS = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@SETTINGS
@given(scope=scopes())
def test_memory_fixed_and_compiled_statements_see_the_same_rows(
    graph: Graph, written: str, scope: AccessScope
) -> None:
    keys = [row.key(written) for row in ROWS]
    in_memory = {
        row.key(written)
        for row in ROWS
        if scope.sees(
            row.key(written),
            row.compartment(written),
            row.partition_key(written),
            Traits(row.sorts, row.security, row.care, row.reader(written)),
        )
    }
    fixed = {row["key"] for row in graph.read_seen(scope, _FIXED, keys=keys)}
    compiled = {
        row["key"]
        for entity in ENTITIES
        for row in graph.read_statement(page(scope, Question(entity, All(), Page(1_000))))
    }

    assert fixed == in_memory
    assert compiled == in_memory


@SETTINGS
@given(scope=scopes())
def test_a_version_is_judged_by_itself_and_by_what_its_resource_is_labelled_with(
    graph: Graph, written: str, scope: AccessScope
) -> None:
    in_memory = {
        version_key(row.key(written), number)
        for row in ROWS
        for number, named in enumerate(NAMED)
        if scope.sees(
            row.key(written),
            keyed(written, named),
            row.partition_key(written),
            Traits(
                SORTS[number % len(SORTS)],
                (*row.security, *BORNE[number % len(BORNE)]),
                CARE[number % len(CARE)],
                row.reader(written),
            ),
        )
    }

    found = graph.read_seen(scope, _VERSIONS, keys=[row.key(written) for row in ROWS])

    assert {row["key"] for row in found} == in_memory


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every right is long, so that no statement carries it."""
    monkeypatch.setattr("graph.rights.LONG", -1)


@pytest.mark.usefixtures("long")
@SETTINGS
@given(scope=scopes())
def test_what_is_judged_of_rows_in_memory_is_what_statements_judge(
    graph: Graph, written: str, scope: AccessScope
) -> None:
    keys = [row.key(written) for row in ROWS]
    asked = [Question(each, KeyIn(each, tuple(keys)), Page(1_000)) for each in ENTITIES]
    compiled = {row["key"] for each in asked for row in graph.read_statement(page(scope, each))}
    unjudged = [unjudged_page(scope, each) for each in asked]
    rows = [row for each in unjudged if each for row in graph.read(each.text, **each.parameters)]

    assert all(unjudged)
    assert {row["key"] for row in rows if scope.right.covers(row["judged"])} == compiled
    here = (None, scope.right.partition)
    if scope.right.bounds is None:  # else it starts at the few rows that it may see
        assert len(rows) == len([row for row in ROWS if row.partition_key(written) in here])
    fixed = graph.read_seen(scope, f"{_FIXED}, {judged_column('r')} AS judged", keys=keys)
    assert {row["key"] for row in fixed} == compiled
    together = graph.read_seen_together(scope, _TOGETHER, keys=keys)
    assert {key for (key,) in together} == compiled
    text = f"{_VERSIONS.rstrip()}, {judged_column('r', 'v')} AS judged"
    versions = {row["key"] for row in graph.read_seen(scope, text, keys=keys)}
    assert versions == {row["key"] for row in graph.read_seen(scope, _VERSIONS, keys=keys)}


def test_a_long_right_is_not_sent_and_not_forgotten() -> None:
    patients = frozenset(f"t|-|Patient|{number}" for number in range(300))
    scope = AccessScope("t", "someone", "any", "test", patients=patients)
    by_key, all_there = (
        Question("Observation", each, Page(10)) for each in (KeyIn("Observation", ("k",)), All())
    )

    statement = unjudged_page(scope, by_key)

    assert statement is not None
    assert "granted" not in statement.parameters
    assert unjudged_page(scope, all_there) is None
    assert unjudged_page(scope, replace(by_key, page=Page(10, offset=1))) is None
    written = under_rights(scope, f"{_FIXED}, {judged_column('r')} AS judged")
    assert (written.judging, written.parameters) == (True, {"partition": "t|default"})
    assert not under_rights(scope, _FIXED).judging
    with pytest.raises(ScopeMissing, match="whose"):
        enforce(scope, replace(page(scope, by_key), text=statement.text.replace("r.care", "0")), unjudged="r")
    with pytest.raises(ScopeMissing, match="grants"):
        enforce(scope, Statement(statement.text, statement.parameters))


def test_a_row_of_another_partition_is_nobody_s_here() -> None:
    scope = AccessScope("t", "someone", "any", "test")

    assert scope.sees("t|-|ImagingStudy|1", ["t|-|Patient|1"], "t|default")
    assert scope.sees("t|-|Patient|1", ["t|-|Patient|1"], None)
    assert not scope.sees("t|-|ImagingStudy|1", ["t|-|Patient|1"], "t|other")


def test_a_statement_without_a_place_for_rights_is_not_sent(graph: Graph) -> None:
    scope = AccessScope("t", "someone", "any", "test")

    with pytest.raises(ScopeMissing):
        graph.read_seen(scope, "RETURN 1 AS one")
    with pytest.raises(ScopeMissing):
        graph.read_seen("t", _FIXED, keys=[])  # type: ignore[arg-type]
    with pytest.raises(Exception, match="seen"):
        graph.read(_FIXED, keys=[])


def test_separate_scopes_are_never_put_together() -> None:
    """A category that one scope names does not open what another one reaches."""
    laboratory = TokenCondition("category", ((SYSTEM, "laboratory"),))
    searching, reading = frozenset({Deed.SEARCH}), frozenset({Deed.READ})
    scope = AccessScope(
        "t",
        "someone",
        "any",
        "test",
        allowances=(
            Allowance("Observation", searching, (laboratory,)),
            Allowance("Observation", reading, patient="t|-|Patient|1"),
        ),
    )
    key, traits = "t|-|Observation|1", Traits(SORTS[1])

    assert scope.to(Deed.SEARCH).sees(key, ["t|-|Patient|2"], None, traits)
    assert scope.to(Deed.READ).sees(key, ["t|-|Patient|1"], None)
    assert not scope.to(Deed.READ).sees(key, ["t|-|Patient|2"], None, traits)
    assert not scope.sees(key, ["t|-|Patient|2"], None, traits)
    assert scope.sees(key, ["t|-|Patient|1"], None, traits)
    assert not scope.sees("t|-|Condition|1", ["t|-|Patient|1"], None)


def test_allowances_that_are_kept_are_those_that_were() -> None:
    given = (
        Allowance(
            "Observation",
            frozenset(Deed),
            (TokenCondition("code", ((None, "a|b"),)),),
            "t|-|Patient|1",
        ),
        Allowance(None, frozenset()),
    )

    assert of_kept(json.loads(json.dumps(kept(given)))) == given
    assert of_kept(kept(None)) is None
