"""A cohort as NIfTI: a checked volume for each series that is one, with a sidecar, and the others listed."""

import gzip
import json
from collections.abc import Callable

from app.imaging.volumes.nifti import read_nifti
from app.security.scopes import system_scope
from app.wiring import Wiring
from tests.app.imaging.volumes.series import COLUMNS, ROWS, SLICES, slices
from tests.app.work.extracts.conftest import BORN, MRNS, NAMES, Exporter
from tests.app.work.extracts.test_extracts import PLANTED, rows_of
from tests.factories.dicom import uid


def test_volumes_are_handed_over_with_their_geometry(
    owner: Exporter, work: Callable[[], object], stocked: Wiring
) -> None:
    about = {"PatientName": f"{NAMES[0]}^Ottoline", "PatientBirthDate": BORN[0].replace("-", "")}
    study = {"study_uid": uid("a volume"), "series_uid": uid("series of a volume"), "KVP": "120"}
    files = slices(patient_id=MRNS[0], StudyDate="20260301", **about, **study)
    stored = stocked.ingest.store(system_scope(stocked.sites.own.tenant), [(each,) for each in files])
    assert all(outcome.stored for outcome in stored.outcomes)

    export_id = owner.asked(what="nifti")
    work()

    files_of = owner.unzipped(export_id)
    (row,) = [each for each in rows_of(files_of["manifest.csv"]) if each["format"] == "nifti"]
    volume = read_nifti(gzip.decompress(files_of[row["path"]]))
    beside = json.loads(files_of[row["path"].replace(".nii.gz", ".json")])
    assert volume.stored.shape == (COLUMNS, ROWS, SLICES, 1)
    assert json.loads(row["geometry"])["affine"][2] == [0, 0, 2, 5]
    assert (beside["KVP"], beside["SliceThickness"], beside["Modality"]) == (120, 2, "CT")
    everything = b"".join(files_of.values()).lower() + " ".join(files_of).lower().encode()
    assert [each for each in PLANTED if each in everything] == []
    reasons = {each["reason"] for each in rows_of(files_of["errors.csv"])}
    assert reasons == {
        "it does not say where its frames are",
        "its pixels have text about the patient in them, or may have",
    }
