#!/bin/sh
# dicom_anonymizer 2.1.0 renames a series and its pictures, and not where other objects refer to them.
#
# Expected: a UID that is replaced is replaced by the same one wherever it stands, in items of sequences too (PS3.15
#   E.1.1 and table E.1-1, code U), so that a segmentation still lies over its series.
# Happens:  the table is applied to the attributes at the top alone: UIDs in a Referenced Series Sequence stay as they
#   were; those in a Source Image Sequence are emptied, the SOP class with them, which may not be empty.
# Seen with dicom_anonymizer 2.1.0, a picture and a segmentation of it, one after the other in one process:
#   series of the picture                                     replaced
#   series that the segmentation refers to                    the old one
#   picture that it refers to                                 the old one
#   Source Image Sequence: SOP class, SOP instance            empty, empty
# Meaning: segmentations, structure sets, presentation states and reports of a de-identified study refer to pictures that
#   are not there; viewers show them over nothing. What should have gone is still in them.
# Way round: walk the items of sequences with one's own callback, or take a tool that does.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check dicom_anonymizer==2.1.0 pydicom==3.0.2
cd "$work" && venv/bin/python - <<'PY'
from importlib.metadata import version

from dicomanonymizer import anonymize_dataset
from pydicom import Dataset
from pydicom.uid import CTImageStorage, SegmentationStorage

print("dicom_anonymizer", version("dicom_anonymizer"))


def item(**elements):
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def reference():
    return item(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID="2.25.1")


same = {"StudyInstanceUID": "2.25.2", "PatientName": "", "PatientID": ""}
picture = item(SOPClassUID=CTImageStorage, SOPInstanceUID="2.25.1", SeriesInstanceUID="2.25.3", Modality="CT", **same)
series = item(SeriesInstanceUID="2.25.3", ReferencedInstanceSequence=[reference()])
segmentation = item(
    SOPClassUID=SegmentationStorage, SOPInstanceUID="2.25.4", SeriesInstanceUID="2.25.5", Modality="SEG",
    ReferencedSeriesSequence=[series], SourceImageSequence=[reference()], **same,
)
anonymize_dataset(picture)
anonymize_dataset(segmentation)
(told,), (source,) = segmentation.ReferencedSeriesSequence, segmentation.SourceImageSequence
seen = {
    "series of the picture": picture.SeriesInstanceUID != "2.25.3",
    "series that is referred to": told.SeriesInstanceUID == "2.25.3",
    "picture that is referred to": told.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == "2.25.1",
    "source image": not source.ReferencedSOPClassUID and not source.ReferencedSOPInstanceUID,
}
for name, holds in seen.items():
    print(name, "as described" if holds else "otherwise")
if not all(seen.values()):
    raise SystemExit("CHANGED: references are renamed differently now")
PY
