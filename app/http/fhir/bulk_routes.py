"""What follows an export and an import, and how an import is asked for (Bulk Data Access 2.0).

`/fhir/_exports/<id>` and `/fhir/_imports/<id>`: how far it is, what came of it, its files, and its end.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file

from app.http.fhir.bulk import NDJSON, input_urls, require_async
from app.http.fhir.exchange import Call
from app.http.fhir.interactions import JSON
from app.http.fhir.operation_input import operation_input
from app.http.kit.bodies import BoundedBody, expect_media_type, read_body
from app.http.kit.guard import requires
from app.http.kit.problems import format_told_in
from app.http.kit.request_context import current, current_scope
from app.preconditions import http_date
from app.site import Sites
from app.work.bulk.exporting import DELETED, OUTPUT
from app.work.bulk.exports import Exports
from app.work.bulk.imports import Imports, ImportWish
from app.work.bulk.wishes import ExportWish
from graph.clock import instant
from graph.jobs.records import SECOND, Job, JobState

_RETRY_SECONDS = 2
_CHUNK = 4 << 20


def add_bulk(
    rooms: Blueprint, exports: Exports, imports: Imports, sites: Sites, *, parameters: int, lines: int
) -> None:
    """Add the routes to the room; of so many bytes are Parameters and the lines that are sent, at most."""
    _add_status(rooms, "export", exports, lambda job: _manifest(job, sites.of(current_scope()).fhir_base))
    _add_status(rooms, "import", imports, lambda job: _report(job, sites.of(current_scope()).fhir_base))

    @rooms.post("/$import", endpoint="operation-import-system-post")
    @requires("fhir.bulk", "fhir.write", action="E")
    def import_begin() -> Response:
        call = Call(current().received, headers=dict(request.headers))
        require_async(call)
        scope, base = current_scope(), sites.of(current_scope()).fhir_base
        if request.mimetype == NDJSON:
            job = imports.take(scope, f"{base}/$import", _chunks(lines))
        else:
            expect_media_type(*JSON)
            given = operation_input(Call(current().received, body=read_body(parameters)))
            job = imports.fetch(scope, f"{base}/$import", input_urls(given))
        answer = Response(status=HTTPStatus.ACCEPTED)
        answer.headers["Content-Location"] = f"{base}/_imports/{job.id}"
        return answer


def _chunks(most: int) -> Iterator[bytes]:
    """The body in chunks, not beyond `most` bytes."""
    body = BoundedBody(request.stream, limit=most, declared=request.content_length)
    while chunk := body.read(_CHUNK):
        yield chunk


def _add_status(
    rooms: Blueprint, name: str, uses: Exports | Imports, told: Callable[[Job], Mapping[str, Any]]
) -> None:
    """The routes of one job: its status, its files, its end."""
    path, named = f"/_{name}s/<job_id>", f"operation-{name}"

    @rooms.get(path, endpoint=f"{named}-status")
    @requires("fhir.bulk")
    def status(job_id: str) -> Response:
        job = uses.find(current_scope(), job_id)
        if job.state is JobState.SUCCEEDED:
            answer = Response(json.dumps(told(job)), content_type="application/json")
            answer.headers["Expires"] = http_date((job.finished_at or 0) + uses.kept * SECOND)
            return answer
        return _failed(job) if job.state is JobState.FAILED else _under_way(job)

    @rooms.delete(path, endpoint=f"{named}-delete")
    @requires("fhir.bulk")
    def end(job_id: str) -> Response:
        uses.withdraw(current_scope(), job_id)
        return Response(status=HTTPStatus.ACCEPTED)

    @rooms.get(f"{path}/<name>", endpoint=f"{named}-file")
    @requires("fhir.bulk")
    def file(job_id: str, name: str) -> Response:
        return _sent(uses.file(current_scope(), job_id, name))


def _sent(path: Path) -> Response:
    return send_file(path.resolve(), mimetype=NDJSON, conditional=True, max_age=0)


def _manifest(job: Job, fhir_base: str) -> Mapping[str, Any]:
    """What an export has written (Bulk Data Access 2.0, bulk data manifest)."""
    wish, base = ExportWish.of(job.parameters), f"{fhir_base}/_exports/{job.id}"
    sections = {
        section: [
            {"type": each["type"], "url": f"{base}/{each['name']}", "count": each["count"]}
            for each in job.result.get(section, ())
        ]
        for section in (OUTPUT, DELETED)
    }
    return {
        "transactionTime": instant(wish.until),
        "request": wish.request,
        "requiresAccessToken": True,
        **sections,
        "error": [],
    }


def _report(job: Job, fhir_base: str) -> Mapping[str, Any]:
    """What became of the lines of an import, and where those are told of that were refused."""
    base = f"{fhir_base}/_imports/{job.id}"
    return {
        "transactionTime": instant(job.finished_at or job.changed_at),
        "request": ImportWish.of(job.parameters).request,
        "requiresAccessToken": True,
        "output": [{"state": state, "count": count} for state, count in job.result["count"].items()],
        "error": [
            {"type": "OperationOutcome", "url": f"{base}/{each['name']}", "count": each["count"]}
            for each in job.result["error"]
        ],
    }


def _under_way(job: Job) -> Response:
    answer = Response(status=HTTPStatus.ACCEPTED)
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    answer.headers["X-Progress"] = f"{job.progress.done} {job.progress.note or 'waiting'}"
    return answer


def _failed(job: Job) -> Response:
    """500 with the reason, as the standard has it: the job failed, not the question about it."""
    issue = {"severity": "fatal", "code": "processing", "diagnostics": job.message or "the job failed"}
    outcome = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
    shown = format_told_in()
    return Response(shown.written(outcome), HTTPStatus.INTERNAL_SERVER_ERROR, content_type=shown.content_type)
