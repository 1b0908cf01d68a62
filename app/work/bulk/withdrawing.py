"""Ending a job that keeps files, whoever asked for it."""

from app.work.bulk.files import BulkFiles
from graph.errors import Conflict
from graph.jobs.jobs import JobStore
from graph.jobs.records import Job
from graph.scope import AccessScope


def withdrawn(jobs: JobStore, files: BulkFiles, scope: AccessScope, job: Job) -> bool:
    """End a job and remove what it has written; False where it had ended and nothing was left of it."""
    if job.state.ended:
        return files.remove(job.id)
    try:
        runs = not jobs.withdraw(scope, job.id).state.ended  # whoever does it removes its files
    except Conflict:  # it ended in this very moment
        runs = False
    if not runs:
        files.remove(job.id)
    return True
