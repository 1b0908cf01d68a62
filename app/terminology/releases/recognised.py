"""Which terminology the files of a path are a release of, by their names and heads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.terminology.releases import atc, kcd, loinc, rxnorm, snomed_ct
from app.terminology.releases.files import ReleaseFiles
from app.terminology.releases.release import Release

_TABLES = (".csv", ".xlsx")


@contextmanager
def opened(path: Path) -> Iterator[ReleaseFiles]:
    """The files of a path, until the block ends."""
    files = ReleaseFiles(path)
    try:
        yield files
    finally:
        files.close()


def recognised(files: ReleaseFiles) -> Callable[[ReleaseFiles], Release] | None:
    """What reads the release that some files are; None where they are none, but resources of FHIR perhaps."""
    for pattern, read in (
        (snomed_ct.CONCEPTS, snomed_ct.SnomedCt),
        (rxnorm.NAMES, rxnorm.RxNorm),
        (loinc.TERMS, loinc.Loinc),
    ):
        if files.named(pattern):
            return read
    if len(files.files) == 1 and files.files[0].base.lower().endswith(_TABLES):
        return _of_table(files)
    return None


def _of_table(files: ReleaseFiles) -> Callable[[ReleaseFiles], Release] | None:
    (file,) = files.files
    if atc.TABLES.fullmatch(file.base) and atc.is_atc(file):
        return atc.read_atc
    return kcd.read_kcd if kcd.is_kcd(file) else None
