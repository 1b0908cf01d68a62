"""What became of each instance of a store (PS3.18 10.5.3 and annex I)."""

from dataclasses import dataclass, replace

from app.imaging.store.failure_reasons import COMMENTS, REPETITION, FailureReason, WarningReason
from app.imaging.store.reading import Reading
from app.imaging.store.refusal import Refused
from graph.errors import HilumError
from graph.records import StoreOutcome, StoreStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceOutcome:
    """One instance: stored when `failure_reason` is None. UIDs are empty where they could not be read.

    `repeated`: its bytes were there before. `comments` are Error Comments; `source` is the file it came from,
    where it came from one.
    `several_values`: an attribute that describes has several values, of which only the first is searched.
    """

    sop_class_uid: str = ""
    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    failure_reason: int | None = None
    warning_reason: int | None = None
    comments: tuple[str, ...] = ()
    repeated: bool = False
    several_values: bool = False
    source: str | None = None

    @property
    def stored(self) -> bool:
        """Whether the instance is now durable and visible."""
        return self.failure_reason is None

    @property
    def clean(self) -> bool:
        """Whether it is stored as it was sent and there is nothing to mend; sending again is no fault."""
        return self.stored and self.warning_reason in (None, WarningReason.REPEATED)


@dataclass(frozen=True, slots=True)
class StoreReport:
    """The outcomes of a request in the order of its parts.

    `stopped` is why the parts after the last outcome were not read any more, if they were not.
    """

    outcomes: tuple[InstanceOutcome, ...]
    stopped: HilumError | None = None


def refused(error: Refused, source: str | None) -> InstanceOutcome:
    """The outcome of a part that is not stored."""
    return InstanceOutcome(
        sop_class_uid=error.sop_class_uid,
        sop_uid=error.sop_uid,
        failure_reason=error.failure_reason,
        comments=(error.message,),
        source=source,
    )


def failed(reading: Reading, reason: FailureReason, source: str | None) -> InstanceOutcome:
    """The outcome of a valid instance that is not stored for another reason."""
    identity = reading.identity
    return InstanceOutcome(
        sop_class_uid=identity.sop_class_uid,
        sop_uid=identity.sop_uid,
        study_uid=identity.study_uid,
        series_uid=identity.series_uid,
        failure_reason=int(reason),
        comments=(COMMENTS[reason],),
        source=source,
    )


def committed(
    reading: Reading, told: StoreOutcome, source: str | None, *, replacing: bool = False
) -> InstanceOutcome:
    """The outcome of an instance that the imaging store decided about.

    Where it was `replacing`, what was there already is no news (the DICOM service: never 45070).
    """
    if told.status is StoreStatus.REPEATED and not replacing:
        return repeated(reading, source, told.warnings)
    if told.status is StoreStatus.EXISTS:
        return failed(reading, FailureReason.EXISTS, source)
    comments = told.warnings + reading.warnings  # whose pictures they are comes first
    return _there(reading, int(WarningReason.VALIDATION) if comments else None, comments, source)


def repeated(reading: Reading, source: str | None, told: tuple[str, ...] = ()) -> InstanceOutcome:
    """The outcome of an instance whose very bytes are there already: what it warned of, it warns of again.

    `told` is what the imaging store warns of.
    """
    reason = int(WarningReason.VALIDATION) if told else reading.warning_reason or int(WarningReason.REPEATED)
    outcome = _there(reading, reason, (*told, REPETITION, *reading.warnings), source)
    return replace(outcome, repeated=True)


def _there(
    reading: Reading, reason: int | None, comments: tuple[str, ...], source: str | None
) -> InstanceOutcome:
    identity = reading.identity
    return InstanceOutcome(
        sop_class_uid=identity.sop_class_uid,
        sop_uid=identity.sop_uid,
        study_uid=identity.study_uid,
        series_uid=identity.series_uid,
        warning_reason=reason,
        comments=comments,
        several_values=reading.several_values,
        source=source,
    )


def exhausted(source: str | None) -> InstanceOutcome:
    """The outcome of a part that could not be taken in for want of space or because of its size."""
    reason = FailureReason.OUT_OF_RESOURCES
    return InstanceOutcome(failure_reason=int(reason), comments=(COMMENTS[reason],), source=source)
