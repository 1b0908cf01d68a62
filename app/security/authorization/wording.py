"""What scopes open, in words: what somebody reads before they agree."""

from collections.abc import Callable, Mapping, Sequence

from app.security.cast_scopes import READ, WRITE, casts_of
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
from graph.wording import marked

_VERBS: Mapping[str, str] = {
    "c": marked("add"),
    "r": marked("read"),
    "u": marked("change"),
    "d": marked("delete"),
    "s": marked("search"),
}
_WHOSE: Mapping[str, str] = {
    "patient": marked("of the one patient whom it is opened for"),
    "user": marked("of every patient whose record you may see"),
    "system": marked("of every patient whose record its account may see"),
}
_THINGS: Mapping[str, str] = {
    ANY_TYPE: marked("the whole record and its pictures"),
    "AllergyIntolerance": marked("allergies and intolerances"),
    "Condition": marked("diagnoses and problems"),
    "DiagnosticReport": marked("reports"),
    "DocumentReference": marked("documents"),
    "Encounter": marked("visits and stays"),
    "Immunization": marked("vaccinations"),
    "ImagingStudy": marked("imaging studies and their pictures"),
    "MedicationRequest": marked("prescriptions"),
    "Observation": marked("measurements and laboratory results"),
    "Patient": marked("name, date of birth, address and other particulars"),
    "Procedure": marked("procedures"),
    "ServiceRequest": marked("orders"),
}
_OTHERS: Mapping[str, str] = {
    LAUNCH: marked("know what it was opened for"),
    LAUNCH_PATIENT: marked("know which patient it is opened for"),
    LAUNCH_ENCOUNTER: marked("know which visit it is opened for"),
    OPENID: marked("know who you are"),
    FHIR_USER: marked("find you in the record"),
    PROFILE: marked("find you in the record"),
    OFFLINE: marked("go on when you are not there, until somebody ends it"),
    ONLINE: marked("go on for the rest of the day without asking again"),
}


_CASTS: Mapping[str, str] = {
    READ: marked("follow which patient, study and report you open"),
    WRITE: marked("open and close patients, studies and reports in your other applications"),
}
_SAID, _OF_CATEGORY = (
    marked("%(verbs)s %(thing)s %(whose)s"),
    marked("%(said)s, of the category %(kinds)s only"),
)
_JOINED, _OTHER_TYPE = marked("%(first)s and %(last)s"), marked("what is recorded as %(kind)s")


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


def others_in_words(words: Sequence[str], told: Callable[[str], str] = str) -> list[str]:
    """What other scopes let an app do, each once, as the ends of the same sentence."""
    said = [_OTHERS[each] for each in words if each in _OTHERS]
    deeds = {each.rpartition(".")[2] for each in casts_of(words)}
    said += [text for deed, text in _CASTS.items() if deed in deeds]
    return [told(each) for each in dict.fromkeys(said)]
