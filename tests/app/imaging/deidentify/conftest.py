"""De-identifying files as an export does: read as they are stored, written, and read again by pydicom."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from pydicom import FileDataset, dcmread

from app.deidentification.options import ProfileOption
from app.deidentification.project import Project, ProjectSubject
from app.imaging.deidentify import Deidentifier, deidentify_file
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Terms, read_file
from graph.records import StoredInstance

SECRET = b"s" * 32
Written = Callable[..., bytes]


@pytest.fixture
def project() -> Project:
    return Project(SECRET, "t", "Bone study")


@pytest.fixture
def subject(project: Project) -> ProjectSubject:
    return project.subject("Patient/7")


@pytest.fixture
def written(project: Project, subject: ProjectSubject, tmp_path: Path) -> Written:
    """De-identifies the bytes of a file under some options."""

    def made(file: bytes, *options: ProfileOption) -> bytes:
        target = BytesIO()
        with TemporaryFile() as source:
            source.write(file)
            source.flush()
            read = read_file(source.fileno(), Terms(Limits(), "20260102"), tmp_path)
            instance = StoredInstance(
                *("", "", "", "", read.transfer_syntax_uid, "", len(file), "", 0, 0), frames=read.frames
            )
            deidentify_file(
                source,
                instance,
                target,
                deidentify=Deidentifier(project, frozenset(options)),
                subject=subject,
                scratch=tmp_path,
            )
        return target.getvalue()

    return made


def again(file: bytes) -> FileDataset:
    """A file as pydicom reads it."""
    return dcmread(BytesIO(file))
