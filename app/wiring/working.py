"""The worker role: the lanes of a job worker, each with what its jobs and followers call."""

from time import time

from app.security.scopes import system_scope
from app.wiring.bulk import bulk_kinds
from app.wiring.extracts import extract_kinds
from app.wiring.feedback import FeedbackWiring
from app.wiring.fhir import answer_job
from app.wiring.process import Wiring
from app.wiring.reporting import report_filing
from app.work.bulk.expiry import BulkExpiry
from app.work.checkpoints import CheckpointJob
from app.work.chores import EventForgetting, FeedMark, JobForgetting, UploadSweep
from app.work.concepts import ConceptLoad, concept_lane
from app.work.doing import JobDoer
from app.work.extracts.expiry import ExtractExpiry
from app.work.following import Following
from app.work.kinds import JobKind
from app.work.lanes import audit_lane, follower_lane, job_lanes
from app.work.orphans import OrphanSweep, OrphanSweeper
from app.work.outcomes import OutcomeFollowing, outcome_lane
from app.work.parameters import ParameterJob, ParameterWatch, parameter_lane
from app.work.purge import Purge, PurgeFollower
from app.work.recurring import Calendar, Recurring
from app.work.reports import ReportFilingJob, report_lane
from app.work.words import words_lane
from app.work.worker import Worker
from graph.changes.changes import ChangeStore
from graph.jobs.claims import ClaimStore
from graph.jobs.followers import FollowerStore
from graph.resources.newest import NewestStore
from graph.resources.wordings import WordingStore

_SHORTEST_BETWEEN_SCANS = 1.0  # seconds
_RECURRING = (
    Recurring(Purge.name, 3600.0),
    Recurring(UploadSweep.name, 900.0),
    Recurring(JobForgetting.name, 86_400.0),
    Recurring(EventForgetting.name, 86_400.0),
    Recurring(BulkExpiry.name, 3600.0),
    Recurring(ExtractExpiry.name, 3600.0),
    Recurring(CheckpointJob.name, 3600.0),
)


def worker(wiring: Wiring) -> Worker:
    """A job worker of this process."""
    config, tenant, feedback = wiring.config, wiring.sites.own.tenant, FeedbackWiring(wiring)
    scope = system_scope(tenant, "worker")
    sweeper = OrphanSweeper(wiring.removals, wiring.blobs, config.home, tenant, config.orphan_seconds)
    filing = report_filing(wiring)
    kinds: tuple[JobKind, ...] = (
        Purge(wiring.removals, wiring.blobs, wiring.derived, config.restore_seconds),
        OrphanSweep(sweeper),
        UploadSweep(wiring.blobs),
        JobForgetting(wiring.jobs),
        EventForgetting(wiring.subscription_store),
        *bulk_kinds(wiring),
        *extract_kinds(wiring),
        answer_job(wiring),
        ConceptLoad(wiring.terminology.loader),
        ParameterJob(wiring.parameter_indexer),
        ReportFilingJob(filing),
        CheckpointJob(wiring.checkpoints, wiring.audit_folder, time),
        feedback.announcement_job,
    )
    scans = Recurring(OrphanSweep.name, max(sweeper.pause, _SHORTEST_BETWEEN_SCANS))
    following = Following(FollowerStore(wiring.graph), ChangeStore(wiring.graph), scope)
    outcomes = OutcomeFollowing(
        FollowerStore(wiring.graph),
        NewestStore(wiring.graph),
        feedback.notices,
        scope,
        feedback.announcements,
    )
    calendar = Calendar(wiring.job_queue, (scans, *_RECURRING), scope)
    lanes = (
        *job_lanes(JobDoer(ClaimStore(wiring.graph), kinds, scope), calendar),
        follower_lane(following, PurgeFollower(wiring.job_queue, config.restore_seconds), gathering=0.5),
        follower_lane(following, FeedMark(wiring.removals, config.home), gathering=5.0),
        concept_lane(wiring.terminology.loader, wiring.job_queue, scope),
        parameter_lane(ParameterWatch(wiring.parameter_indexer, wiring.job_queue), scope),
        report_lane(filing, wiring.job_queue, scope),
        words_lane(WordingStore(wiring.graph), scope),
        outcome_lane(outcomes),
        audit_lane(wiring.audit_mover),
    )
    return Worker(config.home, lanes)
