"""The job that exports: types one after the other, each page a step, under the rights of who asked.

A resource is one line, the text that is served; line breaks between its elements become blanks, which JSON
does not tell apart (FHIR R4 json.html). What was changed since the export was asked for is written as it was.
While a page is unpacked and written, the next one is read.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson

from app.queries import pairs_of
from app.records.search import RecordSearch
from app.security.standing import Standing
from app.work.bulk.ahead import PageAsked, PagesAhead
from app.work.bulk.auditing import AUDIT, ExportedAudit
from app.work.bulk.beside import Beside
from app.work.bulk.files import BulkFiles, BulkFolder, file_name
from app.work.bulk.wishes import EXPORT, ExportFile, ExportPlace, ExportWish
from app.work.kinds import Retry
from app.work.running import Cancelled, Running
from fhir_profiles.definitions.subsets import elements_only
from graph.keys import resource_of
from graph.packing import unpacked
from graph.query.expression import Any as AnyOf
from graph.query.expression import Expression, Page, Question
from graph.resources.bulk import BulkPage, BulkRow, BulkStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

OUTPUT, DELETED = "output", "deleted"
MOST_LINES = 1_000_000  # of one file
_FIRST, _MOST = 100, 5_000  # resources of a page: more and more, as long as their texts are not long
_STEP_BYTES = 64 << 20  # each step ends with waiting for the disk and for a commit
_PAGE_BYTES = 16 << 20
_PACKED = 4  # a text is about so many times as long as it is kept
_MOST_PAGES = 50  # of one step: many types have nothing
_GROWTH = 4
StepAccess: TypeAlias = Callable[[AccessScope, str], AbstractContextManager[AccessScope]]
"""Opens the audit entry of one step of a job, of that id, under the rights of who asked."""


@dataclass(frozen=True, slots=True)
class _Hand:
    """What one run of the job has in hand."""

    wish: ExportWish
    beside: Beside
    there: frozenset[str]  # types of which there is anything to read
    reader: Executor  # of one thread


class BulkExport:
    """The job of one export; an asker whose rights were taken away ends it."""

    name = EXPORT
    retry = Retry()

    def __init__(
        self,
        *,
        bulk: BulkStore,
        resources: ResourceStore,
        search: RecordSearch,
        audit: ExportedAudit,
        files: BulkFiles,
        standing: Standing,
        access: StepAccess,
    ) -> None:
        self._bulk = bulk
        self._resources = resources
        self._search = search
        self._audit = audit
        self._files = files
        self._standing = standing
        self._access = access

    def run(self, job: Running) -> Mapping[str, Any]:
        """Write the files; the summary is what the manifest says of them."""
        wish, place = ExportWish.of(job.parameters), ExportPlace.of(job.cursor)
        there = self._bulk.kinds(job.scope, wish.kinds()) | ({AUDIT} & {*wish.types})
        try:
            with self._files.held(job.id) as folder, ThreadPoolExecutor(1, "export-read") as reader:
                hand = _Hand(wish, Beside(self._bulk, wish), there, reader)
                folder.keep_only(frozenset(each.name for each in place.files))
                while place.kind < len(wish.kinds()):
                    place = self._step(job, hand, place, folder)
                    folder.settle()
                    job.step(place.kept(), place.written, note="resources written")
        except Cancelled:
            self._files.remove(job.id)
            raise
        return {
            section: [
                {"type": each.kind if section == OUTPUT else "Bundle", "name": each.name, "count": each.count}
                for each in place.of_section(section)
            ]
            for section in (OUTPUT, DELETED)
        }

    def _step(self, job: Running, hand: "_Hand", place: ExportPlace, folder: BulkFolder) -> ExportPlace:
        """Write some pages, one where they are long; return the place after them."""
        standing = self._standing.scope(job.scope.tenant, hand.wish.standing)
        kinds, until, begun = hand.wish.kinds(), place.bytes + _STEP_BYTES, 0
        with self._access(standing, job.id) as scope:
            pages = PagesAhead(hand.reader, lambda asked: self._page(scope, hand, asked))
            while place.kind < len(kinds) and place.bytes < until and begun < _MOST_PAGES:
                if kinds[place.kind] not in hand.there:
                    place = replace(place, kind=place.kind + 1)
                    continue
                begun += 1
                if kinds[place.kind] == AUDIT:
                    place = self._write_audit(scope, hand.wish, place, folder)
                    continue
                asked = PageAsked(kinds[place.kind], place.after, place.limit or _FIRST)
                page = pages.page(asked)
                following = _following(asked, page)
                if following and begun < _MOST_PAGES and place.bytes + _PACKED * page.size < until:
                    pages.begin(following)
                files = self._write(scope, hand.wish, place, page, folder)
                place = _place_at(following, place.kind, files)
        return place

    def _write(
        self, scope: AccessScope, wish: ExportWish, place: ExportPlace, page: BulkPage, folder: BulkFolder
    ) -> tuple[ExportFile, ...]:
        """Write one page of the type in hand; return the files then."""
        kind = wish.kinds()[place.kind]
        names = wish.elements_of(kind)
        scope.concerns(key for row in page.rows for key in row.whose)
        lines = [_line(self._text(scope, each), names) for each in page.rows if not each.deleted]
        gone = [_removal(each.key) for each in page.rows if each.deleted and wish.since is not None]
        files = _written(folder, place.files, OUTPUT, kind, lines)
        return _written(folder, files, DELETED, kind, gone)

    def _write_audit(
        self, scope: AccessScope, wish: ExportWish, place: ExportPlace, folder: BulkFolder
    ) -> ExportPlace:
        """Write one page of AuditEvents; return the place after it."""
        limit, names = place.limit or _FIRST, wish.elements_of(AUDIT)
        found = self._audit.page(scope, wish, place.after, limit)
        lines = [_line(orjson.dumps(each), names) for each in found.events]
        files = _written(folder, place.files, OUTPUT, AUDIT, lines)
        if found.after is None:
            return ExportPlace(place.kind + 1, 0, 0, files)
        return ExportPlace(place.kind, found.after, _next_limit(limit, sum(map(len, lines))), files)

    def _page(self, scope: AccessScope, hand: "_Hand", asked: PageAsked) -> BulkPage:
        kind, after, limit = asked
        scope.require("fhir.bulk")
        scope.require("fhir.read")
        question, where = hand.wish.question(kind), self._filter(scope, hand.wish, kind)
        beside = hand.beside if hand.wish.is_beside(kind) else None
        if where is None and beside is not None:
            return beside.page(scope, kind, after, limit)
        if where is None:
            return self._bulk.page(scope, question, after, limit)
        place = (after,) if after else None
        found = self._resources.search(scope, Question(kind, where, Page(limit, after=place)))
        keys = beside.among(scope, kind, found.keys) if beside else found.keys
        rows = self._bulk.named(scope, question, keys)
        return BulkPage(rows, int(str(found.after[0])) if found.after else None)

    def _filter(self, scope: AccessScope, wish: ExportWish, kind: str) -> Expression | None:
        queries = wish.filters.get(kind)
        return filter_of(self._search, scope, kind, queries) if queries else None

    def _text(self, scope: AccessScope, row: BulkRow) -> bytes:
        if row.packed is not None:
            return unpacked(row.packed)
        kind, _, resource_id = resource_of(row.key).partition("/")
        return self._resources.version(scope, kind, resource_id, row.version_id).body


def filter_of(search: RecordSearch, scope: AccessScope, kind: str, queries: Sequence[str]) -> Expression:
    """The condition that one of the queries of a type is satisfied.

    Raises `Invalid` for what is no search.
    """
    return AnyOf(
        tuple(search.understood(scope, kind, pairs_of(query, "_typeFilter")).where for query in queries)
    )


def _following(asked: PageAsked, page: BulkPage) -> PageAsked | None:
    """The page of the same type after one; None where nothing follows."""
    if page.last is None:
        return None
    return PageAsked(asked.kind, page.last, _next_limit(asked.limit, _PACKED * page.size))


def _place_at(following: PageAsked | None, kind: int, files: tuple[ExportFile, ...]) -> ExportPlace:
    """The place before a page, or at the beginning of the next type."""
    if following is None:
        return ExportPlace(kind + 1, 0, 0, files)
    return ExportPlace(kind, following.after, following.limit, files)


def _written(
    folder: BulkFolder, files: tuple[ExportFile, ...], section: str, kind: str, lines: Sequence[bytes]
) -> tuple[ExportFile, ...]:
    """Append lines to the last file of a section and type, or to a new one; return the files then."""
    if not lines:
        return files
    last = next((each for each in reversed(files) if (each.section, each.kind) == (section, kind)), None)
    if last is None or last.count >= MOST_LINES:
        last = ExportFile(section, kind, file_name(kind, 1 + sum(each.kind == kind for each in files)))
        files = (*files, last)
    size = folder.write(last.name, last.size, b"".join(lines))
    grown = replace(last, size=size, count=last.count + len(lines))
    return tuple(grown if each is last else each for each in files)


def _line(text: bytes, names: frozenset[str] | None) -> bytes:
    if names is not None:
        text = elements_only(text, names)
    if b"\n" in text or b"\r" in text:
        text = text.replace(b"\n", b" ").replace(b"\r", b" ")
    return text + b"\n"


def _removal(key: str) -> bytes:
    """A transaction that deletes what was deleted (Bulk Data Access 2.0, deleted)."""
    entry = {"request": {"method": "DELETE", "url": resource_of(key)}}
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry]}) + b"\n"


def _next_limit(limit: int, size: int) -> int:
    """How many resources the next page looks at, for about so many bytes."""
    fitting = limit * _PAGE_BYTES // max(size, 1)
    return max(1, min(limit * _GROWTH, fitting, _MOST))
