"""What is kept of accounts and grants, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.accounts.roles import AccessRole
from graph.errors import Invalid
from graph.keys import resource_key, resource_of, study_key
from graph.scope import AccessScope

RESEARCH = "research"
FHIR_USERS = frozenset({"Patient", "Practitioner", "PractitionerRole", "RelatedPerson"})
DEPARTMENTS = frozenset({"Organization", "CareTeam"})
MOST_DEPARTMENTS = 20


@dataclass(frozen=True, slots=True)
class Grants:
    """What a user holds: keys of Patient and ImagingStudy resources, and purposes (`research`).

    `opened` are the patients of those whose record was opened in an emergency, `actors` the references that
    stand for the holder in the record.
    """

    patients: frozenset[str] = frozenset()
    studies: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user or a client as authentication needs it.

    Without `secret_hash` it cannot ask for tokens itself. `own_role` is the tenant's own role of that name,
    None where there is none. `fhir_user` is the key of the Patient, Practitioner … that it is in the record,
    `departments` those of the Organizations and CareTeams that it belongs to.
    """

    name: str
    role: str
    disabled: bool
    secret_hash: str | None
    grants: Grants
    own_role: AccessRole | None = None
    fhir_user: str | None = None
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What rights are made of: the account, and the tenant's own roles of the names that may count.

    `account` is None where there is none, as of a person whom only a provider knows. `opened` are keys of the
    patients whose record is open by break-glass.
    """

    account: Account | None
    roles: Mapping[str, AccessRole]
    opened: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """What an account is to be: `fhir_user` and `departments` are references, as `Practitioner/7`."""

    role: str
    disabled: bool = False
    fhir_user: str | None = None
    departments: tuple[str, ...] = ()

    def keys(self, scope: AccessScope) -> dict[str, Any]:
        """The references as keys in the tenant of the scope; raises `Invalid`."""
        if len(self.departments) > MOST_DEPARTMENTS:
            raise Invalid(
                "an account has at most %(most)s departments", location="departments", most=MOST_DEPARTMENTS
            )
        return {
            "fhirUser": _key(scope, self.fhir_user, FHIR_USERS, "fhirUser") if self.fhir_user else None,
            "departments": [_key(scope, each, DEPARTMENTS, "departments") for each in self.departments],
        }


def _key(scope: AccessScope, reference: str, kinds: frozenset[str], where: str) -> str:
    kind, _, name = reference.partition("/")
    if kind not in kinds or not name or "/" in name:
        raise Invalid(
            "%(where)s takes references to %(kinds)s",
            location=where,
            where=where,
            kinds=" and ".join(sorted(kinds)),
        )
    return resource_key(scope.tenant, kind, name)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A user or a client as a list shows it; each grant reads like `patient t|-|Patient|7`."""

    name: str
    role: str
    disabled: bool
    has_secret: bool
    grants: tuple[str, ...]
    fhir_user: str | None = None
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """One grant: exactly one of a Patient id, a Study Instance UID, a purpose; `until` in µs, or for good."""

    patient: str | None = None
    study: str | None = None
    purpose: str | None = None
    until: int | None = None

    def properties(self, scope: AccessScope, now: int | None = None) -> dict[str, str]:
        """What is granted, as properties with keys in the scope's tenant and partition.

        Raises `Invalid`, also where it would have ended by `now`.
        """
        keys = {
            "patient": resource_key(scope.tenant, "Patient", self.patient) if self.patient else None,
            "study": study_key(scope.tenant, scope.partition, self.study) if self.study else None,
            "purpose": self.purpose,
        }
        given = {name: value for name, value in keys.items() if value}
        if len(given) != 1 or given.get("purpose", RESEARCH) != RESEARCH:
            raise Invalid("grant one patient, one study or the purpose %(purpose)s", purpose=RESEARCH)
        if self.until is not None and now is not None and self.until <= now:
            raise Invalid("a grant ends in the future", location="until")
        return given


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as a list shows it; `until` and `at` in µs, `by` is who gave it."""

    id: str
    patient: str | None
    study: str | None
    purpose: str | None
    until: int | None
    at: int
    by: str

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "GrantLine":
        """The grant that the properties of a node say."""
        patient, study = properties.get("patient"), properties.get("study")
        return cls(
            id=properties["id"],
            patient=resource_of(patient).partition("/")[2] if patient else None,
            study=study.rpartition("|")[2] if study else None,
            purpose=properties.get("purpose"),
            until=properties.get("until"),
            at=properties["grantedAt"],
            by=properties["grantedBy"],
        )
