"""No statement leaves the compiler without its caller's rights in it."""

import pytest

from graph.cypher import access
from graph.cypher.compile import count, page
from graph.cypher.enforce import enforce
from graph.cypher.probe import probe
from graph.cypher.statement import Statement
from graph.errors import ScopeMissing
from graph.query.expression import (
    All,
    Along,
    Field,
    Inside,
    Kind,
    Members,
    Page,
    Question,
    Related,
    Term,
)
from graph.scope import AccessScope

EVERYTHING = AccessScope("t", "someone", "clinician", "care")
ASSIGNED = AccessScope("t", "someone", "reader", "care", patients=frozenset({"t|-|Patient|p1"}))
CODE = Term(Field("Observation", "code", Kind.TERM), ("a",))
CHAINED = Question("Observation", All((CODE, Related(Along(("subject",), ("Patient",)), All()))), Page(5))
PICTURES = Question("ImagingStudy", Related(Inside("Instance"), All()), Page(5))
COHORT = Question("Patient", Related(Members("Observation"), CODE), Page(5))


@pytest.mark.parametrize("missing", [None, "t", object(), {"tenant": "t"}])
def test_nothing_is_compiled_without_a_scope(missing: object) -> None:
    for compiled in (
        lambda: page(missing, CHAINED),  # type: ignore[arg-type]
        lambda: count(missing, "Observation", CODE),  # type: ignore[arg-type]
        lambda: probe(missing, CHAINED),  # type: ignore[arg-type]
        lambda: enforce(missing, Statement("RETURN 1")),  # type: ignore[arg-type]
    ):
        with pytest.raises(ScopeMissing):
            compiled()


@pytest.mark.parametrize(
    ("question", "part", "forgotten"),
    [
        (CHAINED, "_narrowed", []),
        (CHAINED, "_of_kind", "true"),
        (COHORT, "_narrowed", []),
        (PICTURES, "_of_kind", "true"),
        (PICTURES, "_part_seen", ["true"]),
    ],
)
def test_a_compiler_that_forgets_a_condition_is_refused(
    monkeypatch: pytest.MonkeyPatch, question: Question, part: str, forgotten: object
) -> None:
    page(ASSIGNED, question)
    monkeypatch.setattr(access, part, lambda *_: forgotten)
    with pytest.raises(ScopeMissing):
        page(ASSIGNED, question)


def test_a_statement_of_another_caller_is_refused() -> None:
    other = AccessScope("u", "someone", "clinician", "care")
    with pytest.raises(ScopeMissing):
        enforce(other, page(EVERYTHING, CHAINED))
    with pytest.raises(ScopeMissing):
        enforce(ASSIGNED, page(EVERYTHING, CHAINED))


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (r:Resource) WHERE r.deleted = false RETURN r.key",
        "MATCH (r:Resource) WHERE r.kind = $other RETURN r.key",
        "MATCH (r:Resource)-->(:Resource) WHERE r.kind = $kind RETURN r.key",
        "MATCH (r:Resource)-->() WHERE r.kind = $kind RETURN r.key",
        "MATCH (v:Term)-[:OF]->(r:Resource) WHERE r.kind = $kind RETURN r.key",
        "MATCH (v:Term)-[:OF]->(r:Resource) WHERE r.kind = $kind AND v.key = $other RETURN r.key",
        "MATCH (s:Series) WHERE s.serial > 1 RETURN s.key",
    ],
)
def test_a_row_or_a_value_that_is_not_bound_to_the_tenant_is_refused(text: str) -> None:
    with pytest.raises(ScopeMissing):
        enforce(EVERYTHING, Statement(text, {"kind": "t|Patient", "other": "u|Patient"}))


def test_a_tenant_whose_name_begins_another_is_not_that_other() -> None:
    text = "MATCH (r:Resource) WHERE r.kind = $kind RETURN r.key"
    with pytest.raises(ScopeMissing):
        enforce(EVERYTHING, Statement(text, {"kind": "t2|Patient"}))
