"""What scopes open, in words: what somebody reads before they agree."""

from collections.abc import Callable, Mapping, Sequence

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


def _marked(text: str) -> str:
    """Return a text as it is; whoever collects texts for translation looks for this name."""
    return text


_VERBS: Mapping[str, str] = {
    "c": _marked("add"),
    "r": _marked("read"),
    "u": _marked("change"),
    "d": _marked("delete"),
    "s": _marked("search"),
}
_WHOSE: Mapping[str, str] = {
    "patient": _marked("of the one patient whom it is opened for"),
    "user": _marked("of every patient whose record you may see"),
    "system": _marked("of every patient whose record its account may see"),
}
_THINGS: Mapping[str, str] = {
    ANY_TYPE: _marked("the whole record and its pictures"),
    "AllergyIntolerance": _marked("allergies and intolerances"),
    "Condition": _marked("diagnoses and problems"),
    "DiagnosticReport": _marked("reports"),
    "DocumentReference": _marked("documents"),
    "Encounter": _marked("visits and stays"),
    "Immunization": _marked("vaccinations"),
    "ImagingStudy": _marked("imaging studies and their pictures"),
    "MedicationRequest": _marked("prescriptions"),
    "Observation": _marked("measurements and laboratory results"),
    "Patient": _marked("name, date of birth, address and other particulars"),
    "Procedure": _marked("procedures"),
    "ServiceRequest": _marked("orders"),
}
_OTHERS: Mapping[str, str] = {
    LAUNCH: _marked("know what it was opened for"),
    LAUNCH_PATIENT: _marked("know which patient it is opened for"),
    LAUNCH_ENCOUNTER: _marked("know which visit it is opened for"),
    OPENID: _marked("know who you are"),
    FHIR_USER: _marked("find you in the record"),
    PROFILE: _marked("find you in the record"),
    OFFLINE: _marked("go on when you are not there, until somebody ends it"),
    ONLINE: _marked("go on for the rest of the day without asking again"),
}


_SAID, _OF_CATEGORY = (
    _marked("%(verbs)s %(thing)s %(whose)s"),
    _marked("%(said)s, of the category %(kinds)s only"),
)
_JOINED, _OTHER_TYPE = _marked("%(first)s and %(last)s"), _marked("what is recorded as %(kind)s")


def in_words(scope: SmartScope, told: Callable[[str], str] = str) -> str:
    """What a clinical scope opens, as the end of "It will be able to"; `told` translates a text."""
    thing = _THINGS.get(scope.resource_type)
    named = told(thing) if thing else told(_OTHER_TYPE) % {"kind": scope.resource_type}
    verbs = _joined([told(_VERBS[each]) for each in scope.interactions], told)
    said = told(_SAID) % {"verbs": verbs, "thing": named, "whose": told(_WHOSE[scope.level])}
    if not scope.conditions:
        return said
    kinds = _joined([value.rpartition("|")[2] for _, value in scope.conditions], told)
    return told(_OF_CATEGORY) % {"said": said, "kinds": kinds}


def _joined(words: Sequence[str], told: Callable[[str], str]) -> str:
    *first, last = words
    return told(_JOINED) % {"first": ", ".join(first), "last": last} if first else last


def other_in_words(word: str, told: Callable[[str], str] = str) -> str:
    """What another scope lets an app do, as the end of the same sentence."""
    return told(_OTHERS[word])
