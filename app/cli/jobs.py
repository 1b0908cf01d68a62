"""`hilum jobs`: what runs beside the requests, how far it is, and an end to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
import orjson
from rich.console import Console
from rich.table import Table

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import wired
from app.work.operations import JobWindow, Operations
from graph.clock import instant
from graph.jobs.records import Job, JobState
from graph.scope import AccessScope

_SHOWN = 50


@contextmanager
def _jobs() -> Iterator[tuple[Operations, AccessScope]]:
    with wired(Config.from_env(os.environ)) as wiring:
        yield wiring.operations, system_scope(wiring.sites.own.tenant, "command line")


@click.group()
def jobs() -> None:
    """See and cancel jobs."""


@jobs.command("list")
@click.option(
    "--state", type=click.Choice([each.value for each in JobState]), help="Only jobs in that state."
)
@click.option("--limit", type=click.IntRange(1, 1_000), default=_SHOWN, show_default=True)
def list_jobs(state: str | None, limit: int) -> None:
    """Show jobs, the last that was asked for first."""
    table = Table("id", "kind", "state", "progress", "asked by", "asked at", "error", box=None)
    window = JobWindow(limit, JobState(state) if state else None)
    with _jobs() as (operations, scope):
        for job in operations.page(scope, window).jobs:
            asked_at = instant(job.asked_at)
            table.add_row(
                job.id, job.kind, _state(job), _progress(job), job.asked_by, asked_at, job.error or ""
            )
    Console(highlight=False, soft_wrap=True).print(table)


@jobs.command()
@click.argument("job_id", metavar="ID")
def show(job_id: str) -> None:
    """Show everything that is known of the job ID."""
    with _jobs() as (operations, scope):
        job = operations.find(scope, job_id)
    moments = {
        "asked at": job.asked_at,
        "due at": job.due,
        "started at": job.started_at,
        "changed at": job.changed_at,
        "finished at": job.finished_at,
    }
    lines = {
        "id": job.id,
        "kind": job.kind,
        "parameters": orjson.dumps(job.parameters).decode(),
        "state": _state(job),
        "progress": _progress(job),
        "tries": str(job.attempts),
        "asked by": job.asked_by,
        **{name: instant(moment) for name, moment in moments.items() if moment is not None},
        "result": orjson.dumps(job.result).decode() if job.result else "",
        "error": ": ".join(filter(None, (job.error, job.message))),
    }
    for name, text in lines.items():
        if text:
            click.echo(f"{name:<12} {text}")


@jobs.command()
@click.argument("job_id", metavar="ID")
def cancel(job_id: str) -> None:
    """Cancel the job ID: at once while it is queued, at its next step while it runs."""
    with _jobs() as (operations, scope):
        job = operations.cancel(scope, job_id)
    click.echo(f"cancelled {job.id}" if job.state.ended else f"{job.id} will end at its next step")


def _state(job: Job) -> str:
    return "cancelling" if job.cancel_wanted and not job.state.ended else job.state.value


def _progress(job: Job) -> str:
    """As `70 of 100 pages`; empty where nothing was done yet."""
    done = job.progress.done
    if not done and job.progress.total is None:
        return ""
    counted = str(done) if job.progress.total is None else f"{done} of {job.progress.total}"
    return f"{counted} {job.progress.note}".strip()
