"""The policy table is the one that the conformance statement promises."""

import pytest

from app.security.policy import GRANTED_ROWS_ONLY, PERMISSIONS, PERMISSIONS_OF, PURPOSE_OF, ROLES

PROMISED = {
    "clinician": "imaging.read fhir.read fhir.write cohort.query",
    "researcher": "cohort.query",
    "teleradiologist": "imaging.read fhir.read fhir.write",
    "service": "imaging.read imaging.store imaging.delete feed.read "
    "fhir.read fhir.write fhir.bulk operations.read",
    "administrator": " ".join(PERMISSIONS),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_is_promised_and_nothing_else(role: str) -> None:
    assert PERMISSIONS_OF[role] == set(PROMISED[role].split())
    assert PERMISSIONS_OF[role] <= PERMISSIONS.keys()


def test_every_role_has_a_purpose_and_only_the_teleradiologist_is_kept_to_grants() -> None:
    assert set(PURPOSE_OF) == set(ROLES) == set(PROMISED)
    assert frozenset({"teleradiologist"}) == GRANTED_ROWS_ONLY
