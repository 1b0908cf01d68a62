"""Whatever JSON is sent, validation answers with issues: no rule stumbles over a value of a wrong type."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fhir_profiles.conformance.checking import errors_of, issues_of
from tests.fhir_profiles.conformance.test_claims import DEFINITIONS, weight
from tests.fhir_profiles.conformance.test_rules import BROKEN

EXAMPLES = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parents[1] / "examples").glob("*.json"))
]
DOCUMENTS = [*EXAMPLES, *(each for each, _, _ in BROKEN), *DEFINITIONS, weight()]
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e308, 2**62, "", " ", "x", "#x", "#", "2020-02-30", "http://hl7.org/fhir/x|1"),
    *(
        [],
        {},
        [None],
        [[]],
        [{}],
        ["x"],
        [1],
        {"x": 1},
        {"id": 1},
        {"resourceType": "Patient"},
        {"extension": [5]},
    ),
    *({"reference": "#x"}, {"url": 5}, {"value": "x"}, [{"url": "urn:x"}], {"coding": [{"code": 5}]}),
)


def changed(document: Any, random: Random) -> Any:
    """A copy in which some values are others, some are gone, and some stand twice."""
    if isinstance(document, dict):
        kept = {name: changed(value, random) for name, value in document.items() if random.random() > 0.02}
        if kept and random.random() < 0.02:
            kept[random.choice(("contained", "extension", "meta", "entry", "_id", "value"))] = random.choice(
                ODD
            )
        return kept
    if isinstance(document, list):
        return [changed(value, random) for value in document]
    return random.choice(ODD) if random.random() < 0.04 else document


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_document_is_judged_and_raises_nothing(seed: int) -> None:
    random = Random(seed)
    for document in DOCUMENTS:
        odd = changed(document, random)
        issues = issues_of(odd if isinstance(odd, dict) else {})
        assert all(each.diagnostics and each.severity in ("error", "warning") for each in issues)
        assert {each.expression for each in errors_of(odd)} <= {each.expression for each in issues}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"resourceType": "Condition", "clinicalStatus": {"text": "active"}}, "Condition.clinicalStatus"),
        ({"resourceType": "Observation", "subject": {"reference": "Foo/1"}}, "subject.reference"),
        ({"resourceType": "Observation", "subject": {"type": "Foo"}}, "subject.type"),
        (
            {"resourceType": "Observation", "subject": {"reference": "Patient/1", "type": "Group"}},
            "subject.type",
        ),
        (
            {"resourceType": "Patient", "extension": [{"_url": {"id": "a"}, "valueString": "b"}]},
            "extension[0]",
        ),
        ({"resourceType": "Patient", "name": [{"id": "a", "_id": {"id": "b"}, "text": "c"}]}, "name[0].id"),
        (
            {"resourceType": "Patient", "contained": [{"resourceType": "Patient", "id": "m"}] * 2},
            "Patient.contained[1]",
        ),
    ],
)
def test_what_the_standard_forbids_quietly_is_told(document: dict[str, Any], place: str) -> None:
    wrong = [each for each in issues_of(document) if each.severity == "error"]

    assert any(place in each.expression for each in wrong), wrong
