"""Concepts of stored code systems in the graph: brought in beside the commit, and asked as others are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.records.search import TypeSearch
from app.security.scopes import system_scope
from app.terminology.answers import AskedCode
from app.terminology.value_sets import ExpansionWish, NamedDefinition
from app.wiring import Wiring
from fhir_profiles.terminology.membership import Membership
from graph.errors import HilumError, NotFound, Unavailable
from graph.scope import AccessScope
from graph.terminology.concepts import AskedConcept
from tests.factories.scopes import scope_of

LARGE, SMALL = "http://example.org/large", "http://example.org/small"
PADDING = "It is long. " * 50


def system(url: str, size: int, *, padding: str = "", **elements: Any) -> dict[str, Any]:
    """A code system as a tree of ten below each: c0 is above c1 to c10, c1 above c11 to c20."""
    concepts = [
        {
            "code": f"c{number}",
            "display": f"Concept {number}",
            "definition": padding or None,
            "designation": [{"language": "ko", "value": f"개념 {number}"}],
            "property": [
                {"code": "odd", "valueBoolean": bool(number % 2)},
                *([{"code": "parent", "valueCode": f"c{(number - 1) // 10}"}] if number else []),
                *([{"code": "status", "valueCode": "retired"}] if number == 7 else []),
            ],
        }
        for number in range(size)
    ]
    listed = [{name: value for name, value in each.items() if value} for each in concepts]
    head = {"resourceType": "CodeSystem", "url": url, "version": "1", "status": "active"}
    return {**head, "content": "complete", "hierarchyMeaning": "is-a", "concept": listed, **elements}


def create(wiring: Wiring, scope: AccessScope, resource: dict[str, Any]) -> str:
    """Write a resource; its id."""
    return wiring.records.create(scope, resource["resourceType"], orjson.dumps(resource)).version.resource_id


@pytest.fixture(scope="module")
def scope(gateway: Wiring) -> AccessScope:
    return system_scope(gateway.sites.own.tenant)


@pytest.fixture(scope="module")
def loaded(gateway: Wiring, scope: AccessScope) -> Iterator[Wiring]:
    """One tree twice: in a system that is held whole, and in one that is asked of the graph."""
    create(gateway, scope, system(SMALL, 300))
    create(gateway, scope, system(LARGE, 2_500, padding=PADDING))
    with pytest.raises(Unavailable):
        gateway.terminology.uses.code_systems.lookup(scope, AskedCode(LARGE, "c1"))
    assert sum(gateway.terminology.loader.catch_up(scope)) == 2_800
    yield gateway


def test_what_the_graph_holds_is_known_when_it_is_loaded_again(
    loaded: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(orjson.dumps(system(LARGE, 2_500, padding=PADDING)))

    again = list(loaded.terminology.packages(loaded.records).load(scope, [file]))

    assert [each.outcome for each in again] == ["known"]
    assert loaded.terminology.packages(loaded.records).bring_in(scope) == 0


def part(url: str, *filters: tuple[str, str, str]) -> NamedDefinition:
    """A value set of the codes of a system for which filters hold."""
    asked = [{"property": name, "op": op, "value": value} for name, op, value in filters]
    include = {"system": url, **({"filter": asked} if asked else {})}
    return NamedDefinition("ValueSet", sent={"resourceType": "ValueSet", "compose": {"include": [include]}})


@pytest.mark.parametrize(
    ("filters", "wish"),
    [
        ([("concept", "is-a", "c2")], ExpansionWish()),
        ([("concept", "descendent-of", "c2")], ExpansionWish(offset=3, count=4)),
        ([("concept", "generalizes", "c25")], ExpansionWish()),
        ([("concept", "is-a", "c0"), ("odd", "=", "true"), ("concept", "in", "c3,c4,c5")], ExpansionWish()),
        ([("code", "=", "c9")], ExpansionWish()),
        ([("parent", "=", "c1"), ("concept", "is-a", "c1")], ExpansionWish()),
        ([("concept", "is-a", "c0"), ("code", "regex", "c1[0-9]")], ExpansionWish(count=5)),
        ([("concept", "is-a", "c0"), ("concept", "in", "c6,c7,c8")], ExpansionWish(active_only=True)),
        ([("concept", "is-a", "c1")], ExpansionWish(text="개념 1")),
    ],
)
def test_a_system_of_the_graph_answers_as_one_that_is_held_whole(
    loaded: Wiring, scope: AccessScope, filters: list[tuple[str, str, str]], wish: ExpansionWish
) -> None:
    def expanded(url: str) -> tuple[int, list[tuple[str, str | None]]]:
        narrowed = [*filters, ("concept", "in", ",".join(f"c{number}" for number in range(300)))]
        found = loaded.terminology.uses.value_sets.expand(scope, part(url, *narrowed), wish).codes
        return found.total, [(each.code, each.display) for each in found.entries]

    assert expanded(LARGE) == expanded(SMALL)
    assert expanded(LARGE)[0] > 0


def test_a_large_system_is_paged_and_searched_by_words(loaded: Wiring, scope: AccessScope) -> None:
    value_sets = loaded.terminology.uses.value_sets
    page = value_sets.expand(scope, part(LARGE), ExpansionWish(offset=2_498, count=5)).codes
    words = value_sets.expand(scope, part(LARGE), ExpansionWish(text="concept 249", count=2)).codes
    active = value_sets.expand(scope, part(LARGE), ExpansionWish(active_only=True, count=9)).codes

    assert (page.total, [each.code for each in page.entries]) == (2_500, ["c2498", "c2499"])
    assert (words.total, [each.code for each in words.entries]) == (13, ["c249", "c1249"])
    assert (active.total, active.entries[-1].code) == (2_499, "c9")


def test_a_code_of_a_large_system_is_looked_up_checked_and_compared(
    loaded: Wiring, scope: AccessScope
) -> None:
    codes = loaded.terminology.uses.code_systems
    found = codes.lookup(scope, AskedCode(LARGE, "c1"))

    assert found.entry.display == "Concept 1"
    assert found.entry.parents == ("c0",)
    assert found.children == tuple(f"c{number}" for number in range(11, 21))
    assert codes.subsumes(scope, AskedCode(LARGE, "c2"), AskedCode(LARGE, "c1234")) == "not-subsumed"
    assert codes.subsumes(scope, AskedCode(LARGE, "c12"), AskedCode(LARGE, "c1234")) == "subsumes"
    assert not codes.validate(scope, None, [AskedCode(LARGE, "c2500")]).result
    with pytest.raises(NotFound):
        codes.lookup(scope, AskedCode(LARGE, "c2500"))


def test_what_is_bound_to_a_value_set_of_the_tenant_can_be_checked(
    loaded: Wiring, scope: AccessScope
) -> None:
    check = loaded.terminology.membership(scope).membership

    assert check(f"{LARGE}?fhir_vs=isa/c12", LARGE, "c1234") is Membership.MEMBER
    assert check(f"{LARGE}?fhir_vs=isa/c12", LARGE, "c1") is Membership.NOT_A_MEMBER
    assert check("http://example.org/none", LARGE, "c1") is Membership.UNKNOWN
    assert check("http://hl7.org/fhir/ValueSet/administrative-gender", None, "male") is Membership.MEMBER


def test_the_tree_is_one_for_cohorts_and_ends_at_the_tenant(loaded: Wiring, scope: AccessScope) -> None:
    asked = [AskedConcept(SMALL, "c1", descendants=True)]
    expected = {(SMALL, f"c{number}") for number in (1, *range(11, 21), *range(111, 211))}

    assert loaded.terminology.concepts.expand(scope, asked) == expected
    assert loaded.terminology.concepts.expand(scope_of(tenant="another"), asked) == {(SMALL, "c1")}
    assert loaded.terminology.concepts.above(scope, [(SMALL, "c211")]) == {
        (SMALL, each) for each in ("c211", "c21", "c2", "c0")
    }


def test_a_large_system_is_found_by_its_codes(loaded: Wiring, scope: AccessScope) -> None:
    def found(query: tuple[str, str]) -> int:
        where = loaded.record_search.understood(scope, "CodeSystem", [query]).where
        asked = TypeSearch(resource_type="CodeSystem", where=where, count=10)
        return len(loaded.record_search.page(scope, asked, None).matches)

    assert found(("code", "c5")) == 2
    assert found(("code", "c2499")) == 1
    assert found(("code", "c2500")) == 0


def test_a_new_version_takes_the_place_of_the_one_before_and_a_deletion_leaves_none(
    services: Wiring, tenant: str
) -> None:
    own = system_scope(tenant)
    name = create(services, own, system(LARGE, 3, padding=PADDING * 700))
    list(services.terminology.loader.catch_up(own))
    lookup = services.terminology.uses.code_systems.lookup
    assert lookup(own, AskedCode(LARGE, "c2")).entry.display == "Concept 2"

    second = {**system(LARGE, 2, padding=PADDING * 1_000), "id": name}
    services.records.update(own, "CodeSystem", name, orjson.dumps(second))
    with pytest.raises(Unavailable):
        lookup(own, AskedCode(LARGE, "c1"))
    steps = services.terminology.loader.catch_up(own)
    next(steps)  # whoever is stopped here goes on with all of it
    steps.close()
    list(services.terminology.loader.catch_up(own))
    with pytest.raises(NotFound):
        lookup(own, AskedCode(LARGE, "c2"))
    assert lookup(own, AskedCode(LARGE, "c1")).entry.parents == ("c0",)

    services.records.delete(own, "CodeSystem", name)
    list(services.terminology.loader.catch_up(own))
    with pytest.raises(NotFound):
        lookup(own, AskedCode(LARGE, "c1"))
    assert services.terminology.loader.behind(own) == []
    left = services.graph.read(
        "MATCH (c) WHERE c.tenant = $tenant AND (c:Concept OR c:ConceptSource) RETURN count(c) AS left",
        tenant=tenant,
    )
    assert left == [{"left": 0}]


def test_a_system_that_is_about_a_patient_is_not_everybodys_and_is_not_brought_in(
    services: Wiring, tenant: str
) -> None:
    own = system_scope(tenant)
    patient = create(services, own, {"resourceType": "Patient"})
    about = {"url": "http://example.org/about", "valueReference": {"reference": f"Patient/{patient}"}}
    create(services, own, system(SMALL, 3, extension=[about]))

    assert services.terminology.loader.behind(own) == []
    assert services.terminology.concepts.expand(own, [AskedConcept(SMALL, "c0", descendants=True)]) == {
        (SMALL, "c0")
    }
    assert services.terminology.uses.code_systems.lookup(own, AskedCode(SMALL, "c1")).entry.code == "c1"


def test_failures_of_terminology_are_told_as_failures_of_the_request(
    loaded: Wiring, scope: AccessScope
) -> None:
    for filters in (("code", "like", "c"), ("code", "exists", "maybe"), ("code", "regex", "(c+)+")):
        with pytest.raises(HilumError):
            loaded.terminology.uses.value_sets.expand(scope, part(LARGE, filters), ExpansionWish(count=5))


def test_a_concept_map_carries_codes_to_what_they_equal_and_no_further(services: Wiring, tenant: str) -> None:
    own = system_scope(tenant)
    ours, theirs = "http://example.org/ours", "http://example.org/theirs"

    def target(code: str, equivalence: str) -> dict[str, Any]:
        said = {"code": code.upper(), "equivalence": equivalence, "comment": "as R4 wants of some"}
        return {"code": code, "target": [said]}

    said = ["equivalent", "wider", "narrower", "relatedto", "unmatched"]
    group = {"source": ours, "target": theirs, "element": [target(each[0], each) for each in said]}
    head = {"resourceType": "ConceptMap", "url": "http://example.org/map", "status": "active"}
    name = create(services, own, {**head, "group": [group]})
    assert sum(services.terminology.loader.catch_up(own)) == 3
    expand = services.terminology.concepts.expand

    def expanded(system: str, code: str) -> set[str]:
        found = expand(own, [AskedConcept(system, code, descendants=True, maps=True)])
        return {each for _, each in found}

    assert expanded(ours, "e") == expanded(theirs, "E") == {"e", "E"}
    assert (expanded(ours, "w"), expanded(theirs, "W")) == ({"w"}, {"w", "W"})
    assert (expanded(ours, "n"), expanded(theirs, "N")) == ({"n", "N"}, {"N"})
    assert (expanded(ours, "r"), expanded(ours, "u")) == ({"r"}, {"u"})

    services.records.delete(own, "ConceptMap", name)
    list(services.terminology.loader.catch_up(own))
    assert expanded(ours, "e") == {"e"}


def test_codes_are_found_by_their_names_while_they_are_in_use(services: Wiring, tenant: str) -> None:
    own = system_scope(tenant)
    create(services, own, system(SMALL, 9))
    list(services.terminology.loader.catch_up(own))
    found = services.terminology.concepts.by_names(own, ["concept 3", "개념3", "concept 7"])

    assert {name: [each.code for each in some] for name, some in found.items()} == {
        "concept 3": ["c3"],
        "개념3": ["c3"],
    }
