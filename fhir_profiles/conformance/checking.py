"""The one way to ask whether a resource is right: structure, then everything beyond it."""

from collections.abc import Iterable, Mapping
from typing import Any

from fhir_profiles.conformance.claims import Claims
from fhir_profiles.conformance.examination import Examination
from fhir_profiles.conformance.known import KnownProfiles, built_in
from fhir_profiles.issues import Issue
from fhir_profiles.validation.validation import validate


def issues_of(
    resource: Mapping[str, Any], known: KnownProfiles | None = None, profiles: Iterable[str] = ()
) -> tuple[Issue, ...]:
    """Everything that is wrong or doubtful in a resource, warnings included.

    `known` are the profiles of the gateway, those of every gateway where it is not given; `profiles` are
    those that it must meet beside the ones that it claims.
    """
    claims = Claims(known or built_in(), profiles)
    return validate(resource, Examination(thorough=True, claims=claims))


def errors_of(resource: Mapping[str, Any], known: KnownProfiles | None = None) -> tuple[Issue, ...]:
    """What forbids to write a resource: errors alone, by its type and the profiles that it claims."""
    examination = Examination(thorough=False, claims=Claims(known or built_in()))
    return tuple(each for each in validate(resource, examination) if each.severity == "error")
