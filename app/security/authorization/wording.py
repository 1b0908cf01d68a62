"""What scopes open, in words: what somebody reads before they agree."""

from collections.abc import Mapping

from app.security.smart_scopes import (
    ANY_TYPE,
    FHIR_USER,
    LAUNCH,
    LAUNCH_ENCOUNTER,
    LAUNCH_PATIENT,
    OFFLINE,
    ONLINE,
    OPENID,
    PROFILE,
    SmartScope,
)

_VERBS: Mapping[str, str] = {
    "c": "add",
    "r": "read",
    "u": "change",
    "d": "delete",
    "s": "search",
}
_WHOSE: Mapping[str, str] = {
    "patient": "of the one patient whom it is opened for",
    "user": "of every patient whose record you may see",
    "system": "of every patient whose record its account may see",
}
_THINGS: Mapping[str, str] = {
    ANY_TYPE: "the whole record and its pictures",
    "AllergyIntolerance": "allergies and intolerances",
    "Condition": "diagnoses and problems",
    "DiagnosticReport": "reports",
    "DocumentReference": "documents",
    "Encounter": "visits and stays",
    "Immunization": "vaccinations",
    "ImagingStudy": "imaging studies and their pictures",
    "MedicationRequest": "prescriptions",
    "Observation": "measurements and laboratory results",
    "Patient": "name, date of birth, address and other particulars",
    "Procedure": "procedures",
    "ServiceRequest": "orders",
}
_OTHERS: Mapping[str, str] = {
    LAUNCH: "know what it was opened for",
    LAUNCH_PATIENT: "know which patient it is opened for",
    LAUNCH_ENCOUNTER: "know which visit it is opened for",
    OPENID: "know who you are",
    FHIR_USER: "find you in the record",
    PROFILE: "find you in the record",
    OFFLINE: "go on when you are not there, until somebody ends it",
    ONLINE: "go on for the rest of the day without asking again",
}


def in_words(scope: SmartScope) -> str:
    """What a clinical scope opens, as the end of "It will be able to"."""
    verbs = [_VERBS[each] for each in scope.interactions]
    joined = " and ".join(filter(None, (", ".join(verbs[:-1]), verbs[-1])))
    thing = _THINGS.get(scope.resource_type, f"what is recorded as {scope.resource_type}")
    said = f"{joined} {thing} {_WHOSE[scope.level]}"
    if scope.conditions:
        kinds = " and ".join(value.rpartition("|")[2] for _, value in scope.conditions)
        said += f", of the category {kinds} only"
    return said


def other_in_words(word: str) -> str:
    """What another scope lets an app do, as the end of the same sentence."""
    return _OTHERS[word]
