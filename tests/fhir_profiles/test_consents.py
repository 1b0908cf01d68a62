"""A Consent is read as a tree of rules, and what of it cannot be enforced is told with its place."""

from typing import Any

import pytest

from fhir_profiles.consents import Provision, counts, provision_of, unenforceable
from fhir_profiles.security_labels import (
    CONFIDENTIALITY,
    DELICATE,
    SENSITIVITY,
    coding_of,
    meant,
    withheld_from,
)

TYPES = "http://hl7.org/fhir/resource-types"
REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


def consent(base: str | None = "OPTIN", **elements: Any) -> dict[str, Any]:
    policy = {"policyRule": {"coding": [{"code": base}]}} if base else {}
    scope = {"coding": [{"code": "patient-privacy"}]}
    return {"resourceType": "Consent", "status": "active", "scope": scope, **policy, **elements}


def receives(reference: str, role: str = "IRCP") -> dict[str, Any]:
    return {"role": {"coding": [{"code": role}]}, "reference": {"reference": reference}}


def test_only_active_consents_of_privacy_count() -> None:
    assert counts(consent())
    for status in ("draft", "proposed", "rejected", "inactive", "entered-in-error"):
        assert not counts(consent(status=status))
    assert not counts(consent(scope={"coding": [{"code": "research"}]}))
    assert unenforceable(consent(base=None, status="draft", provision={})) == ()


def test_the_base_policy_is_the_root_and_a_rule_with_a_type_its_exception() -> None:
    assert provision_of(consent("OPTOUT"))[0] == Provision(denies=True)
    found, issues = provision_of(consent("OPTOUT", provision={"type": "permit"}))
    assert found == Provision(denies=True, exceptions=(Provision(denies=False),))
    assert issues == ()
    untyped = {"provision": [{"type": "deny"}]}
    found, issues = provision_of(consent("OPTIN", provision=untyped))
    assert found == Provision(denies=False, exceptions=(Provision(denies=True),))
    assert issues == ()


def test_each_condition_is_read() -> None:
    rule = {
        "type": "deny",
        "period": {"start": "2026-01-01"},
        "dataPeriod": {"end": "1970-01-01"},
        "actor": [receives("Practitioner/kim")],
        "action": [{"coding": [{"code": "access"}, {"code": "correct"}]}],
        "securityLabel": [{"system": CONFIDENTIALITY, "code": "R"}, {"system": SENSITIVITY, "code": "STD"}],
        "purpose": [{"system": REASONS, "code": "TREAT"}],
        "class": [{"system": TYPES, "code": "Observation"}],
        "code": [{"coding": [{"system": "http://loinc.org", "code": "718-7"}, {"code": "x"}]}],
        "data": [
            {"meaning": "instance", "reference": {"reference": "Observation/1"}},
            {"meaning": "related", "reference": {"reference": "ImagingStudy/1"}},
        ],
    }
    (found,) = provision_of(consent(provision=rule))[0].exceptions

    assert found.denies
    assert found.period is not None
    assert found.period[0] == 1_767_225_600_000_000
    assert found.data_period is not None
    assert found.data_period[1] == 86_400_000_000
    assert found.actors == {"Practitioner/kim"}
    assert found.purposes == {"TREAT"}
    assert found.types == {"Observation"}
    assert found.codes == {("http://loinc.org", "718-7"), ("", "x")}
    assert found.data == {("Observation/1", False), ("ImagingStudy/1", True)}
    assert found.labels == {
        *((CONFIDENTIALITY, code) for code in "RV"),
        *((SENSITIVITY, code) for code in ("STD", "HIV")),
    }
    assert unenforceable(consent(provision=rule)) == ()


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"actor": [receives("Organization/1")]}, "actor[0].reference"),
        ({"actor": [receives("Practitioner/1", "CST")]}, "actor[0].role"),
        ({"purpose": [{"system": "urn:other", "code": "x"}]}, "purpose[0]"),
        ({"class": [{"system": "urn:ietf:bcp:13", "code": "application/pdf"}]}, "class[0]"),
        ({"code": [{"text": "x"}]}, "code[0]"),
        (
            {"data": [{"meaning": "authoredby", "reference": {"reference": "Practitioner/1"}}]},
            "data[0].meaning",
        ),
        ({"data": [{"meaning": "instance", "reference": {"display": "x"}}]}, "data[0].reference"),
        ({"action": [{"coding": [{"code": "correct"}]}]}, "action"),
        ({"provision": [{}]}, "provision[0]"),
    ],
)
def test_what_cannot_be_enforced_is_told_and_counts_against_access(rule: dict[str, Any], path: str) -> None:
    """In what is stored all the same, who denies means everybody and who permits nobody."""
    (issue,) = unenforceable(consent(provision={"type": "deny", **rule}))
    assert issue.expression == f"Consent.provision.{path}"
    (denying,) = provision_of(consent(provision={"type": "deny", **rule}))[0].exceptions
    assert (denying.actors, denying.purposes, denying.types, denying.codes, denying.data) == (
        frozenset(),
    ) * 5
    if "provision" not in rule:
        assert provision_of(consent("OPTOUT", provision={"type": "permit", **rule}))[0] == Provision(
            denies=True
        )


def test_a_rule_without_a_type_and_a_base_is_told_and_denies() -> None:
    assert [each.expression for each in unenforceable(consent(None, provision={}))] == ["Consent.policyRule"]
    assert provision_of(consent(None, provision={}))[0] == Provision(denies=True)


def test_rules_that_are_nested_too_deep_are_told() -> None:
    rule: dict[str, Any] = {"type": "deny"}
    for _ in range(8):
        rule = {"type": "permit", "provision": [rule]}
    assert len(unenforceable(consent(provision=rule))) == 1


def test_a_label_of_confidentiality_is_a_mark_on_a_ladder() -> None:
    assert {code for _, code in meant((CONFIDENTIALITY, "N"), higher=True)} == {"N", "R", "V"}
    assert {code for _, code in meant((CONFIDENTIALITY, "N"), higher=False)} == {"U", "L", "M", "N"}
    (found,) = provision_of(
        consent(
            "OPTOUT",
            provision={"type": "permit", "securityLabel": [{"system": CONFIDENTIALITY, "code": "N"}]},
        )
    )[0].exceptions
    assert found.unlabelled


def test_who_sees_a_label_sees_what_it_comprises() -> None:
    assert withheld_from(()) == set(map(coding_of, DELICATE))
    assert withheld_from(DELICATE) == set()
    kept = {code for _, code in withheld_from({"V", "BH"})}
    assert {"R", "V", "BH", "SUD", "PSY"}.isdisjoint(kept)
    assert {"HIV", "SEX"} <= kept
