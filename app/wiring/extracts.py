"""The use case and the jobs that hand cohorts over, made of the parts of a process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from app.admission import job_facts
from app.imaging.volumes import VolumeConverter, VolumeLimits
from app.security.standing import Standing
from app.wiring.process import Wiring
from app.work.extracts.destinations import ExtractDestination, Foldered, Waiting, Zipped
from app.work.extracts.expiry import ExtractExpiry
from app.work.extracts.extracting import PERMISSION, ExtractJob, StepAccess
from app.work.extracts.extracts import Extracts
from app.work.extracts.files import ExtractFiles
from app.work.extracts.naming import KnownWords
from app.work.extracts.pictures import DicomPictures, PictureWriter
from app.work.extracts.sources import QuestionSource
from app.work.extracts.volumes import NiftiPictures
from app.work.extracts.wishes import DestinationType, PictureFormat
from app.work.kinds import JobKind
from graph.clock import now
from graph.scope import AccessScope

_FOLDER = "exports"  # of the home folder


def extract_files(wiring: Wiring) -> ExtractFiles:
    """The files of extracts."""
    return ExtractFiles(wiring.config.home / _FOLDER, wiring.config.disk_floor)


def extracts(wiring: Wiring) -> Extracts:
    """The use case of extracts."""
    return Extracts(
        queue=wiring.job_queue,
        jobs=wiring.jobs,
        files=extract_files(wiring),
        source=QuestionSource(wiring.cohorts),
        destinations=_destinations(wiring),
        saved=wiring.saved_cohorts.question,
        kept=wiring.config.export_seconds,
    )


def extract_kinds(wiring: Wiring) -> tuple[JobKind, ...]:
    """The jobs of extracts."""
    files = extract_files(wiring)
    return (
        ExtractJob(
            source=QuestionSource(wiring.cohorts),
            imaging=wiring.imaging,
            known=KnownWords(wiring.resources),
            files=files,
            pictures=_pictures(wiring),
            destinations=_destinations(wiring),
            secret=wiring.pseudonym_key,
            standing=Standing(wiring.accounts, wiring.authorizations),
            access=_access(wiring),
        ),
        ExtractExpiry(files, wiring.config.export_seconds),
    )


def _pictures(wiring: Wiring) -> Mapping[PictureFormat, PictureWriter]:
    """What becomes of pictures, by format."""
    return {
        PictureFormat.DICOM: DicomPictures(wiring.retrieval.open),
        PictureFormat.NIFTI: NiftiPictures(wiring.retrieval.open, VolumeConverter(VolumeLimits())),
    }


def _destinations(wiring: Wiring) -> Mapping[DestinationType, ExtractDestination]:
    """Where files go."""
    return {
        DestinationType.DOWNLOAD: Waiting(),
        DestinationType.ZIP: Zipped(),
        DestinationType.FOLDER: Foldered(wiring.config.export_root, wiring.config.disk_floor),
    }


def _access(wiring: Wiring) -> StepAccess:
    """Each step of a job is an access of who asked for it, with an entry of its own in the audit."""

    @contextmanager
    def opened(scope: AccessScope, job_id: str) -> Iterator[AccessScope]:
        facts = job_facts(ExtractJob.name, job_id, "R", request_id=uuid4().hex, received=now())
        with wiring.admission.access(scope, facts, (PERMISSION,)) as admitted:
            yield admitted

    return opened
