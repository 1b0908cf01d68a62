#!/bin/sh
# fhirclient 4.4.0 drops every underscore property, so read, change, update deletes data.
#
# Expected: id and extensions of a primitive stand in a property with an underscore (FHIR R4,
#   json.html#primitive); a client that updates a resource sends back all it got (http.html#update replaces
#   the whole).
# Happens:  the model takes _birthDate, _given and the like without complaint (its strict parser refuses
#   unknown names) and as_json() leaves them out. A resource whose only datum is an extension becomes empty.
# Seen with fhirclient 4.4.0:
#   birthDate with time of birth:    sent back {'birthDate': '1974-12-25'}
#   birthDate absent, with reason:   sent back {}
#   unknown property "birthDay":     FHIRValidationError
# Meaning: times of birth, data absent reasons, translations and redaction marks vanish from the server on
#   the first edit by a script, version by version, with status 200.
# Way round: PATCH the one element, or edit the JSON itself and use the client only for the transport.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhirclient==4.4.0
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from fhirclient.models.patient import Patient

print("fhirclient", version("fhirclient"))
HL7 = "http://hl7.org/fhir/StructureDefinition/"
time = {"extension": [{"url": HL7 + "patient-birthTime", "valueDateTime": "1974-12-25T14:35:45-05:00"}]}
reason = {"extension": [{"url": HL7 + "data-absent-reason", "valueCode": "masked"}]}


def sent_back(properties):
    try:
        data = Patient(properties).as_json()
    except Exception as error:
        return type(error).__name__
    data.pop("resourceType")
    return data


timed = sent_back({"birthDate": "1974-12-25", "_birthDate": time})
masked = sent_back({"_birthDate": reason})
unknown = sent_back({"birthDay": "1974-12-25"})
print("birthDate with time of birth:  sent back", timed)
print("birthDate absent, with reason: sent back", masked)
print("unknown property:             ", unknown)
as_stated = (timed, masked, unknown) == ({"birthDate": "1974-12-25"}, {}, "FHIRValidationError")
raise SystemExit(None if as_stated else "CHANGED: fhirclient keeps the extensions of primitives now")
PY
