"""The job of an extract: who is in the cohort, their pictures, their tables, and the delivery of all files.

Each step is an access of who asked, under the rights that they have then, and may be done twice: what a step
that was not kept has remembered is cut off, and a file that is written again is the same one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import orjson

from app.cohorts.answers.disclosure import is_pseudonymous
from app.cohorts.answers.pages import ToldCohort
from app.deidentification.options import TELLING
from app.imaging.deidentify import Deidentifier
from app.security.standing import Standing
from app.work.extracts.destinations import ExtractDestination
from app.work.extracts.files import ERRORS, ExtractFiles, ExtractFolder
from app.work.extracts.manifest import PICTURES, TABLE, list_files, picture_files, write_about, write_tables
from app.work.extracts.naming import ExtractNames, KnownWords
from app.work.extracts.pictures import HandedOver, PictureHand, PictureWriter
from app.work.extracts.rows import LINKS, ExtractRows
from app.work.extracts.sources import ExtractSource
from app.work.extracts.wishes import (
    EXTRACT,
    DestinationType,
    ExtractPhase,
    ExtractPlace,
    ExtractWish,
    PictureFormat,
    TableFormat,
)
from app.work.kinds import TRANSIENT, Retry
from app.work.running import Cancelled, Running
from graph.budget import RequestBudget, begin_budget
from graph.errors import Forbidden, HilumError, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore

PERMISSION = "cohort.export"
IDENTIFIED = ("imaging.read", "fhir.read")
"""What who takes away records as they are may do besides."""
STUDIES, HEAD = "studies.ndjson", "head.ndjson"
NO_PICTURES = "there are no pictures of the study here"
_SECONDS = 300.0  # of the graph, for one step
StepAccess: TypeAlias = Callable[[AccessScope, str], AbstractContextManager[AccessScope]]
"""Opens the audit entry of one step of a job, of that id, under the rights of who asked."""


def require_export(scope: AccessScope, wish: ExtractWish) -> None:
    """Raise `Forbidden` unless a caller may export as a wish says: de-identified, or records as they are."""
    scope.require(PERMISSION)
    pseudonymous = is_pseudonymous(scope)
    if pseudonymous and wish.options & TELLING:
        raise Forbidden("who sees pseudonyms is shown no dates, UIDs or institutions", location="$.options")
    if wish.deidentify:
        return
    if pseudonymous:
        raise Forbidden("who sees pseudonyms exports de-identified only", location="$.deidentify")
    for permission in IDENTIFIED:
        scope.require(permission)


@dataclass(frozen=True, slots=True)
class _Hand:
    """What one run of the job has in hand."""

    job: Running
    wish: ExtractWish
    names: ExtractNames
    folder: ExtractFolder


class ExtractJob:
    """The job of one extract; an asker whose rights were taken away ends it.

    `pictures` and `destinations` are the tables of what it can do; `secret` is what pseudonyms are made of.
    """

    name = EXTRACT
    retry = Retry()

    def __init__(
        self,
        *,
        source: ExtractSource,
        imaging: ImagingStore,
        known: KnownWords,
        files: ExtractFiles,
        pictures: Mapping[PictureFormat, PictureWriter],
        destinations: Mapping[DestinationType, ExtractDestination],
        secret: bytes,
        standing: Standing,
        access: StepAccess,
    ) -> None:
        self._source = source
        self._imaging = imaging
        self._known = known
        self._files = files
        self._pictures = pictures
        self._destinations = destinations
        self._secret = secret
        self._standing = standing
        self._access = access

    def run(self, job: Running) -> Mapping[str, Any]:
        """Write the files; the summary is what it counted."""
        wish, place = ExtractWish.of(job.parameters), ExtractPlace.of(job.cursor)
        names = ExtractNames.of(wish, self._secret, job.scope.tenant)
        try:
            with self._files.held(job.id) as folder:
                hand = _Hand(job, wish, names, folder)
                while place.phase is not ExtractPhase.DONE:
                    place = self._step(hand, place)
                    done, total = place.counts.get("studiesDone", 0), place.counts.get("studies")
                    job.step(place.kept(), done, total=total, note=f"studies done, {place.phase}")
                folder.settle()
        except Cancelled:
            self._files.remove(job.id)
            self._destinations[wish.destination].withdraw(job.id, wish)
            raise
        except HilumError as error:
            if error.category not in TRANSIENT:
                self._files.remove(job.id)
                self._destinations[wish.destination].withdraw(job.id, wish)
            raise
        return {name: count for name, count in place.counts.items() if name != "studiesDone"}

    def _step(self, hand: _Hand, place: ExtractPlace) -> ExtractPlace:
        """Do one step under the rights of now; return the place after it."""
        standing = self._standing.scope(hand.job.scope.tenant, hand.wish.standing)
        steps = {
            ExtractPhase.COHORT: self._cohort,
            ExtractPhase.PICTURES: self._picture,
            ExtractPhase.TABLES: self._tables,
            ExtractPhase.DELIVERY: self._deliver,
        }
        begin_budget(RequestBudget(_SECONDS))
        try:
            with self._access(standing, hand.job.id) as scope:
                require_export(scope, hand.wish)
                return steps[place.phase](scope, hand, place)
        finally:
            begin_budget(None)

    def _cohort(self, scope: AccessScope, hand: _Hand, place: ExtractPlace) -> ExtractPlace:
        """Remember a page of the cohort: its studies, and its rows as they are handed over."""
        page = self._source.page(scope, hand.wish, place.after)
        names = replace(hand.names, known=self._known.of(scope, page.patients))
        texts = dict(_remembered(page, names, tables=hand.wish.tables is not TableFormat.NONE))
        if place.after is None:
            told = {"cohort": page.cohort, "asOf": page.as_of.isoformat(), "tables": dict(page.resources)}
            texts[HEAD] = orjson.dumps(told) + b"\n"
        pictures = hand.wish.what is not PictureFormat.NONE
        if not pictures:
            del texts[STUDIES]
        counts = place.counted(patients=len(page.patients), studies=len(page.studies) if pictures else 0)
        kept = _kept(hand.folder, replace(place, counts=counts), texts)
        if page.after is not None:
            return replace(kept, after=page.after)
        return replace(kept, phase=ExtractPhase.PICTURES, after=None)

    def _picture(self, scope: AccessScope, hand: _Hand, place: ExtractPlace) -> ExtractPlace:
        """Write some pictures of the study in hand."""
        line = next(hand.folder.lines(STUDIES, place.size(STUDIES), place.study), None)
        if line is None:
            return replace(place, phase=ExtractPhase.TABLES)
        study = orjson.loads(line)
        series = self._series(scope, study["uid"])
        if place.series >= len(series):
            return self._next_study(hand, place, line, study, there=bool(series))
        uid, instances = series[place.series]
        writer = self._pictures[hand.wish.what]
        some = instances[place.instance : place.instance + (writer.together or len(instances))]
        names = replace(hand.names, known=self._known.of(scope, [study["patient"]]))
        deidentify = Deidentifier(names.project, names.options)
        made = writer.write(
            hand.folder, PictureHand(names, study["patient"], study["uid"], uid, some, deidentify)
        )
        kept = _kept(hand.folder, replace(place, counts=_counted(place, made)), _lines(made))
        if place.instance + len(some) < len(instances):
            return replace(kept, instance=place.instance + len(some))
        return replace(kept, series=place.series + 1, instance=0, counts=kept.counted(series=1))

    def _next_study(
        self, hand: _Hand, place: ExtractPlace, line: bytes, study: Mapping[str, Any], *, there: bool
    ) -> ExtractPlace:
        """The place at the next study; one without pictures is listed."""
        names, errors = hand.names, []
        if not there:
            told = {"patient": names.patient(study["patient"]), "study": names.uid(study["uid"])}
            errors = [{**told, "series": None, "instance": None, "reason": NO_PICTURES}]
        made = HandedOver(errors=errors)
        kept = _kept(hand.folder, replace(place, counts=_counted(place, made)), _lines(made))
        return replace(
            kept, study=place.study + len(line), series=0, instance=0, counts=kept.counted(studiesDone=1)
        )

    def _series(self, scope: AccessScope, study: str) -> list[tuple[str, list[StoredInstance]]]:
        """The instances of a study by their series, in the order of their UIDs; none where none are seen."""
        try:
            found = self._imaging.instances(scope, study, frames=True)
        except NotFound:
            return []
        series: dict[str, list[StoredInstance]] = {}
        for each in sorted(found, key=lambda each: (each.series_uid, each.sop_uid)):
            series.setdefault(each.series_uid, []).append(each)
        return list(series.items())

    def _tables(self, _: AccessScope, hand: _Hand, place: ExtractPlace) -> ExtractPlace:
        """Write the tables, what lies beside them, and the list of all files."""
        folder, wish = hand.folder, hand.wish
        head = orjson.loads(next(folder.lines(HEAD, place.size(HEAD))))
        rows = ExtractRows(hand.names, {}, date.fromisoformat(head["asOf"]))
        counts = {name: count for name, count in place.counts.items() if name != "studiesDone"}
        written = [
            *picture_files(folder, place),
            *write_tables(folder, wish, place, head["tables"], rows),
            write_about(folder, wish, {"cohort": head["cohort"], "counts": counts}),
        ]
        written.append(list_files(folder, iter(written)))
        total = place.counted(files=len(written), bytes=sum(each.size for each in written))
        return replace(place, phase=ExtractPhase.DELIVERY, counts=total)

    def _deliver(self, _: AccessScope, hand: _Hand, place: ExtractPlace) -> ExtractPlace:
        """Bring the files to where they go."""
        self._destinations[hand.wish.destination].deliver(hand.job.id, hand.wish, hand.folder)
        return replace(place, phase=ExtractPhase.DONE)


def _remembered(page: ToldCohort, names: ExtractNames, *, tables: bool) -> Iterator[tuple[str, bytes]]:
    """What is remembered of a page, by the name that it is remembered under."""
    yield STUDIES, _ndjson({"uid": uid, "patient": owner} for uid, owner in page.studies.items())
    if not tables:
        return
    rows = ExtractRows(names, page.keys, page.as_of)
    for name, table in page.rows.items():
        yield TABLE.format(name), _ndjson(rows.table(page.resources[name], table))
    if page.links:
        yield TABLE.format(LINKS), _ndjson(rows.links(page.links))


def _kept(folder: ExtractFolder, place: ExtractPlace, texts: Mapping[str, bytes]) -> ExtractPlace:
    """Remember texts behind what is remembered; return the place with their sizes."""
    grown = {name: folder.remember(name, place.size(name), text) for name, text in texts.items() if text}
    return replace(place, sizes={**place.sizes, **grown})


def _lines(made: HandedOver) -> Mapping[str, bytes]:
    return {PICTURES: _ndjson(made.files), ERRORS: _ndjson(made.errors)}


def _counted(place: ExtractPlace, made: HandedOver) -> Mapping[str, int]:
    return place.counted(instances=made.instances, pictures=len(made.files), errors=len(made.errors))


def _ndjson(rows: Sequence[Mapping[str, Any]] | Iterator[Mapping[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(each) + b"\n" for each in rows)
