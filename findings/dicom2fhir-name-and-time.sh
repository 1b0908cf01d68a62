#!/bin/sh
# dicom2fhir 0.1.25 makes JSON text of a patient's name, and midnight of a study time without seconds.
#
# Expected: PN "Smith^Ann" is the family Smith and the given name Ann; a TM of "1015" is a quarter past ten (PS3.5 6.2:
#   minutes and seconds may be left out); Timezone Offset From UTC (0008,0201), where the object has it, is the zone of
#   its times.
# Happens:  from_directory hands the DICOM JSON object of the name to a parser of PN text, which splits the JSON at ^;
#   times of fewer than six digits are dropped, and the date alone, which FHIR would allow, gets 00:00:00; the offset
#   of the object is not read, only the one zone of the configuration.
# Seen with dicom2fhir 0.1.25 (fhir.resources 8.0.0; with 8.3.0 it stops at an Extension without url), configured for
#   Europe/Berlin; the object has Smith^Ann, 20260101, 1015 and -0500:
#   name      family '{\n  "Alphabetic": "Smith', given 'Ann"\n}'
#   started   2026-01-01T00:00:00+01:00, where 2026-01-01T10:15:00-05:00 is stated
# Meaning: no search by name finds such a patient; studies are hours early, the nightly ones on the day before, and the
#   order within a day is lost.
# Way round: take identifiers and counts from its bundle, names and times from the object.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 dicom2fhir==0.1.25 fhir.resources==8.0.0 pydantic==2.14.4 pandas==3.1.1
mkdir "$work/study"
cd "$work" && venv/bin/python -W ignore - <<'PY'
import asyncio
import json
from dicom2fhir.dicom2fhir import from_directory
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, "2.25.1"
ds.SeriesInstanceUID, ds.StudyInstanceUID = "2.25.2", "2.25.3"
ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Smith^Ann", "1", "19500101", "F"
ds.StudyDate = ds.SeriesDate = "20260101"
ds.StudyTime = ds.SeriesTime = "1015"
ds.TimezoneOffsetFromUTC, ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "-0500", "CT", 1, 1
ds.AccessionNumber, ds.Manufacturer, ds.ManufacturerModelName, ds.DeviceSerialNumber = "2", "M", "N", "3"
ds.SoftwareVersions, ds.InstitutionName, ds.StationName = "4", "I", "S"
ds.Rows, ds.Columns, ds.PixelSpacing, ds.SliceThickness = 1, 1, [1, 1], 1
ds.save_as("study/x.dcm", enforce_file_format=True)

bundle = json.loads(asyncio.run(from_directory("study", {"dicom_timezone": "Europe/Berlin"})).model_dump_json())
resources = {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle["entry"]}
name, started = resources["Patient"]["name"][0], resources["ImagingStudy"]["started"]
print("name", name, "started", started)
as_stated = (name["family"].startswith("{") and name["family"].endswith('"Alphabetic": "Smith')
             and name["given"][0].startswith("Ann\"") and started == "2026-01-01T00:00:00+01:00")
raise SystemExit(None if as_stated else "CHANGED: names or times come out differently now")
PY
