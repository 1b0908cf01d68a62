"""What the window of the pages calls."""

from dataclasses import dataclass

from app.audit.alerts import Alerts
from app.blobs import BlobStore
from app.feedback.inbox import FeedbackInbox
from app.http.kit.browsers import Browsers
from app.processes.readiness import Readiness
from app.records.audited import AuditSearch
from app.records.casts import CastAnnouncer
from app.records.people import PatientFinder
from app.records.reading_room import ReadingDesk, ReadingRoom
from app.records.reporting.results import CriticalResults
from app.records.studies import StudyDesk
from app.security.administration import Administration
from app.security.audience import Audience
from app.security.authorization.registry import Clients
from app.security.browser_sessions import BrowserSessions
from app.site import Sites
from app.work.operations import Operations


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUses:
    """The use cases of this window; `base` is the address of the gateway, `demo`: there are demo users.

    `viewer_code` are the addresses of what a browser may fetch before pictures are opened.
    """

    people: PatientFinder
    studies: StudyDesk
    reading: ReadingRoom
    reading_desk: ReadingDesk
    results: CriticalResults
    feedback: FeedbackInbox
    announcer: CastAnnouncer
    audience: Audience
    administration: Administration
    sessions: BrowserSessions
    clients: Clients
    operations: Operations
    audit: AuditSearch
    alerts: Alerts
    readiness: Readiness
    storage: BlobStore
    browsers: Browsers
    sites: Sites
    base: str
    demo: bool
    viewer_code: tuple[str, ...] = ()
