"""The window of the pages, made of the parts of a process."""

from app.http.kit.browsers import Browsers
from app.http.pages.uses import PageUses
from app.http.viewer.files import ViewerFiles
from app.http.viewer.published import viewer_folder
from app.http.viewer.settings import VIEWER_PATH
from app.records.reading_room import ReadingDesk
from app.security.audience import Audience
from app.wiring.feedback import FeedbackWiring
from app.wiring.process import Wiring
from app.wiring.reporting import critical_results, reading_room


def page_uses(wiring: Wiring) -> PageUses:
    """What the window of the pages calls."""
    base = wiring.config.base_url
    studies = wiring.studies
    room = reading_room(wiring)
    return PageUses(
        people=wiring.people_finder,
        studies=studies,
        reading=room,
        reading_desk=ReadingDesk(room, wiring.held_workitems, wiring.glances, studies, wiring.imaging_search),
        announcer=wiring.cast_announcer,
        results=critical_results(wiring),
        feedback=FeedbackWiring(wiring).inbox,
        audience=Audience(wiring.roles, wiring.sites.own.tenant),
        administration=wiring.administration,
        sessions=wiring.browser_sessions,
        clients=wiring.clients,
        operations=wiring.operations,
        audit=wiring.audit_search,
        alerts=wiring.alert_uses,
        readiness=wiring.readiness,
        storage=wiring.blobs,
        browsers=Browsers(base),
        sites=wiring.sites,
        base=base,
        demo=wiring.config.demo,
        viewer_code=tuple(f"{base}{VIEWER_PATH}/{each}" for each in ViewerFiles(viewer_folder()).ahead),
    )
