"""One DICOM file, read without its pixels: identity, searchable facts, metadata and places of the frames.

Whatever a file holds, reading it ends in a `Reading` or in `Refused`: this is the one place where any other
error of a hostile file is caught.
"""

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

import orjson
import structlog

from app.blobs import SealedBlob
from app.imaging.bulk_paths import bulk_root, kept
from app.imaging.reports import is_report, transcript_of
from app.imaging.store.elements import Walked, walk
from app.imaging.store.facts import facts_of
from app.imaging.store.failure_reasons import FailureReason, WarningReason
from app.imaging.store.frames import frame_table
from app.imaging.store.headers import Buffer
from app.imaging.store.identity import (
    PATIENT_ID,
    Identity,
    check_patient,
    check_study,
    identified,
    identify,
    missing,
)
from app.imaging.store.inflating import inflated
from app.imaging.store.layouts import layout_of
from app.imaging.store.limits import Limits
from app.imaging.store.metadata import MetadataWriter
from app.imaging.store.notes import Notes
from app.imaging.store.part10 import TRANSFER_SYNTAX, FileMeta, read_meta
from app.imaging.store.particulars import told_beside
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import TransferSyntax, syntax_of
from graph.query.attributes import INSTANCE, LEVELS, SERIES, STUDY
from graph.records import Facts, InstanceRow, TranscriptPart

_log = structlog.get_logger(__name__)
_COMPRESSION = 1  # level 6 saves a tenth of the size and costs four times the time


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says; `metadata` is compressed DICOM JSON, `frames` as in `InstanceRow`.

    `several_values`: a searched attribute has several values, of which the first counts.
    """

    identity: Identity
    transfer_syntax_uid: str
    study: Facts
    series: Facts
    instance: Facts
    metadata: bytes
    frames: bytes
    warnings: tuple[str, ...]
    several_values: bool
    transcript: tuple[TranscriptPart, ...] = ()

    @property
    def warning_reason(self) -> int | None:
        """The Warning Reason (0008,1196) of the stored instance; None where nothing is to be told."""
        return int(WarningReason.VALIDATION) if self.warnings else None

    def row(self, blob: SealedBlob) -> InstanceRow:
        """The row of this instance for the graph, now that its bytes are durable."""
        return InstanceRow(
            study_uid=self.identity.study_uid,
            series_uid=self.identity.series_uid,
            sop_uid=self.identity.sop_uid,
            sop_class_uid=self.identity.sop_class_uid,
            transfer_syntax_uid=self.transfer_syntax_uid,
            blob_id=blob.blob_id,
            size=blob.size,
            digest=blob.digest,
            study=self.study,
            series=self.series,
            instance=self.instance,
            metadata=self.metadata,
            frames=self.frames,
            warnings=self.warnings,
            transcript=self.transcript,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a file is read: caps, the day of receipt (YYYYMMDD), the study of the request's path."""

    limits: Limits
    today: str
    study_uid: str | None = None


def read_file(descriptor: int, terms: Terms, scratch: Path) -> Reading:
    """Read an open file; `scratch` is a folder for what must be inflated. Raises `Refused`."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        raise Refused("The part is empty.")
    with mmap(descriptor, size, access=ACCESS_READ) as data, _refusing(data):
        reading = _read(data, terms, scratch)
        if not is_report(reading.identity.sop_class_uid):
            return reading
        return replace(reading, transcript=tuple(transcript_of(data, reading.identity.sop_uid)))


@contextmanager
def _refusing(data: Buffer) -> Iterator[None]:
    """Let nothing but `Refused` out, and tell whose file it was where its head can be read."""
    try:
        yield
    except Refused as refused:
        _name(refused, data)
        raise
    except Exception as error:  # parsers of hostile data fail in more ways than a list can name
        _log.warning("a file could not be processed", error=type(error).__name__)
        unread = Refused("The data set cannot be processed.", reason=FailureReason.PROCESSING)
        _name(unread, data)
        raise unread from error


def _name(refused: Refused, data: Buffer) -> None:
    try:
        meta = read_meta(data)
    except Refused:
        return
    refused.sop_class_uid, refused.sop_uid = meta.sop_class_uid, meta.sop_uid


def _read(data: Buffer, terms: Terms, scratch: Path) -> Reading:
    meta = read_meta(data)
    if not syntax_of(meta.transfer_syntax_uid).deflated:
        return _read_dataset(data, meta.start, meta, terms)
    with inflated(data, meta.start, limit=terms.limits.inflated_bytes, folder=scratch) as plain:
        return _read_dataset(plain, 0, meta, terms)


def _read_dataset(data: Buffer, start: int, meta: FileMeta, terms: Terms) -> Reading:
    declared = syntax_of(meta.transfer_syntax_uid)
    syntax = layout_of(data, start, declared)
    walked = walk(data, start, implicit=syntax.implicit, little=syntax.little, limits=terms.limits)
    notes = Notes(terms.limits.warnings)
    _note_syntax(meta, declared, syntax, walked, notes)
    identity = identify(data, walked, meta, notes)
    check_study(identity, terms.study_uid)
    for tag, message in walked.oddities.items():
        notes.warn(tag, message)
    root = bulk_root(identity.study_uid, identity.series_uid, identity.sop_uid)
    document = MetadataWriter(data, terms.limits, notes, root).document(walked.dataset)
    if not check_patient(document, walked):
        notes.warn(PATIENT_ID, missing(PATIENT_ID))
    for tag in sorted(walked.duplicates):
        notes.warn(tag, "The attribute comes twice; its last value counts.")
    facts = {
        level: facts_of(document, level, today=terms.today, notes=notes) | told_beside(document, level)
        for level in LEVELS
    }
    return Reading(
        identity=identity,
        transfer_syntax_uid=meta.transfer_syntax_uid,
        study=identified(facts[STUDY], document, walked, notes),
        series=facts[SERIES],
        instance=facts[INSTANCE],
        metadata=zlib.compress(kept(orjson.dumps(document)), _COMPRESSION),
        frames=frame_table(data, walked, document, syntax, limits=terms.limits, notes=notes),
        warnings=tuple(notes.warnings),
        several_values=notes.several_values,
    )


def _note_syntax(
    meta: FileMeta, declared: TransferSyntax, found: TransferSyntax, walked: Walked, notes: Notes
) -> None:
    """Note what the meta information does not say of the data set, or says wrong.

    Raises `Refused` where it does not name the transfer syntax and the pixels are compressed.
    """
    if found != declared:
        notes.warn(TRANSFER_SYNTAX, "The transfer syntax says otherwise how representations are written.")
    if meta.unnamed_syntax:
        if walked.fragments is not None:
            raise Refused(
                "The transfer syntax of compressed pixels is missing or no UID.", tag=TRANSFER_SYNTAX
            )
        notes.warn(TRANSFER_SYNTAX, "The transfer syntax is missing or no UID; the data set shows it.")
