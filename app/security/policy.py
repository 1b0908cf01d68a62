"""The policy as data: which role may do what, and which roles see only granted rows.

A permission is a capability (missing: 403); which rows it reaches is the business of grants (not yours: 404).
"""

from collections.abc import Mapping

PERMISSIONS: Mapping[str, str] = {
    "imaging.read": "search and retrieve images over DICOMweb",
    "imaging.store": "store instances",
    "imaging.delete": "delete studies, series and instances, and restore them",
    "imaging.purge": "have the bytes of what was deleted removed, once it can no longer be restored",
    "feed.read": "read the change feed",
    "fhir.read": "read, search and page FHIR resources",
    "fhir.write": "create, update and delete FHIR resources",
    "fhir.bulk": "export FHIR resources in bulk, and import them with fhir.write",
    "cohort.query": "ask cohort questions",
    "operations.read": "see the tenant's operations: the jobs that it asked for",
    "operations.cancel": "cancel an operation",
    "administration.manage": "read the audit, manage users, grants and settings",
}

_IMAGING = ("imaging.read", "imaging.store", "imaging.delete")
_RECORD = ("fhir.read", "fhir.write")

PERMISSIONS_OF: Mapping[str, frozenset[str]] = {
    "clinician": frozenset({"imaging.read", *_RECORD, "cohort.query"}),
    "researcher": frozenset({"cohort.query"}),
    "teleradiologist": frozenset({"imaging.read", *_RECORD}),
    "service": frozenset({*_IMAGING, "feed.read", *_RECORD, "fhir.bulk", "operations.read"}),
    "administrator": frozenset(PERMISSIONS),
}
ROLES: tuple[str, ...] = tuple(PERMISSIONS_OF)
GRANTED_ROWS_ONLY = frozenset({"teleradiologist"})
DEPENDS_ON_GRANTS = GRANTED_ROWS_ONLY | {"researcher"}

# What a role that is kept to granted rows may write over FHIR: the reports of its own reads. What a report
# found stands in the report itself, as contained Observations; charts, orders and studies others change.
WRITABLE_TYPES: Mapping[str, frozenset[str]] = {"teleradiologist": frozenset({"DiagnosticReport"})}

# Why a role reads (v3-PurposeOfUse); a researcher without a purpose grant sees counts and pseudonymous rows.
PURPOSE_OF: Mapping[str, str] = {
    "clinician": "TREAT",
    "teleradiologist": "TREAT",
    "service": "HOPERAT",
    "administrator": "HSYSADMIN",
    "researcher": "pseudonymous",
}
RESEARCH_PURPOSE = "HRESCH"

# Which delicate security labels (`fhir_profiles.security_labels.DELICATE`) a role sees; one that is not named
# here sees all of them. R is seen with V, and what a sensitivity comprises with it.
SEEN_LABELS: Mapping[str, frozenset[str]] = {}

# What each purpose is part of (v3-PurposeOfUse), and itself: a consent that names the wider one means it too.
PURPOSES_WITHIN: Mapping[str, frozenset[str]] = {
    "BTG": frozenset({"BTG", "ETREAT", "TREAT"}),
    "ETREAT": frozenset({"ETREAT", "TREAT"}),
    "HSYSADMIN": frozenset({"HSYSADMIN", "HOPERAT"}),
    "pseudonymous": frozenset({"HRESCH"}),
}

# The purposes for which what patients deny is seen all the same; the audit says the purpose of each access.
CONSENTS_YIELD_TO = frozenset({"BTG", "ETREAT"})
