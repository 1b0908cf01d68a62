#!/bin/sh
# dicognito 0.19.0 shifts the time of a PET acquisition and leaves that of the injection.
#
# Expected: when dates and times are modified, the intervals between them are kept (PS3.15 E.3.6, Retain Longitudinal
#   Temporal Information With Modified Dates; dicognito: "Dates and times will be shifted into the past, but their order
#   will remain consistent within and across the files").
# Happens:  a time moves with the date of the same name. Radiopharmaceutical Start Time (0018,1072), Contrast/Bolus Start
#   Time (0018,1042) and other times that stand alone stay; so the interval to Acquisition Time changes by the hours of
#   the shift, which the seed decides. A Radiopharmaceutical Start DateTime beside it moves.
# Seen with dicognito 0.19.0, seed "s"; F-18 injected at 09:15, acquired at 10:15:
#   before:  injected 091500, acquired 101500, decay 1 h, factor 1.461
#   after:   injected 091500, acquired 201500, decay 11 h, factor 64.56
# Meaning: standardized uptake values from the de-identified series are too high by a factor of 44 (F-18, ten hours), in
#   every viewer and every training set, while nothing in the files looks wrong.
# Way round: remove (0018,1072) where the DateTime is present, or add the shift to it; reject a decay of many hours.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 dicognito==0.19.0
"$work/venv/bin/python" -W ignore - <<'PY'
from dicognito.anonymizer import Anonymizer
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import PositronEmissionTomographyImageStorage

HALF_LIFE = 6586.2  # seconds, F-18


def seconds(time):
    return int(time[:2]) * 3600 + int(time[2:4]) * 60 + int(time[4:6])


def describe(ds, when):
    injected = ds.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartTime
    decay = seconds(ds.AcquisitionTime) - seconds(injected)
    print(f"{when}: injected {injected}, acquired {ds.AcquisitionTime}, decay {decay / 3600:.0f} h, "
          f"factor {2 ** (decay / HALF_LIFE):.4g}")
    return decay / 3600


tracer = Dataset()
tracer.RadiopharmaceuticalStartTime, tracer.RadiopharmaceuticalStartDateTime = "091500", "20260101091500"
tracer.RadionuclideHalfLife = HALF_LIFE
ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = PositronEmissionTomographyImageStorage, "2.25.1", "2.25.2"
ds.StudyInstanceUID, ds.PatientName, ds.PatientID, ds.PatientSex = "2.25.3", "A^B", "1", "F"
ds.StudyDate = ds.AcquisitionDate = "20260101"
ds.StudyTime, ds.AcquisitionTime, ds.Modality = "100000", "101500", "PT"
ds.RadiopharmaceuticalInformationSequence = [tracer]
before = describe(ds, "before")
Anonymizer(seed="s").anonymize(ds)
after = describe(ds, "after")
print("DateTime beside it:", ds.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartDateTime)
raise SystemExit(None if (before, after) == (1, 11) else "CHANGED: the time of the injection is shifted otherwise now")
PY
