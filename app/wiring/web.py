"""The web role: the windows that are open, each with the use cases that it calls."""

from collections.abc import Callable, Iterable, Mapping

from app.cohorts.answers.files.scratch import Scratch
from app.cohorts.answers.files.whole import WholeAnswers
from app.http.administration import routes as administration
from app.http.administration.routes_audit import AuditUses
from app.http.apidocs import routes as apidocs
from app.http.authorization import routes as authorization
from app.http.changefeed import routes as changefeed
from app.http.cohort_page import routes as cohort_page
from app.http.cohort_page.uses import CohortPageUses
from app.http.cohorts import routes as cohorts
from app.http.cohorts.answered import CohortAnswers
from app.http.cohorts.uses import CohortUses
from app.http.dicomweb import routes as dicomweb
from app.http.dicomweb.route_table import PREFIX
from app.http.dicomweb.store_parts import BodyLimits
from app.http.exports import routes as exports
from app.http.factory import WebApp, Window, create_app
from app.http.feedback import routes as feedback
from app.http.feedback.uses import FeedbackUses
from app.http.fhir import routes as fhir
from app.http.fhir.incoming import LargestBodies
from app.http.fhir.table import fhir_table
from app.http.fhircast import routes as fhircast
from app.http.glance import routes as glance
from app.http.kit.bodies import Pace
from app.http.kit.multipart import PartLimits
from app.http.kit.rates import Rates, limits_of
from app.http.operations import routes as operations
from app.http.pages import routes as pages
from app.http.reporting import routes as reporting
from app.http.sessions import routes as sessions
from app.http.viewer import routes as viewer
from app.http.viewer.files import ViewerFiles
from app.http.viewer.published import viewer_folder
from app.wiring.authorization import authorization_uses
from app.wiring.extracts import extracts
from app.wiring.feedback import FeedbackWiring
from app.wiring.fhir import fhir_uses, late_answers
from app.wiring.pages import page_uses
from app.wiring.process import Wiring
from app.wiring.reporting import reporting_uses
from app.wiring.sessions import session_uses

RATES = "rates"  # the file of the home folder
ANSWERS = "answers"  # the folder there where whole answers are put together


def _dicomweb(wiring: Wiring) -> Window:
    config = wiring.config
    limits = BodyLimits(
        request_size=config.request_size,
        parts=PartLimits(parts=config.parts, part_size=config.part_size),
        pace=Pace(config.stall_seconds, config.minimum_rate),
        metadata=config.metadata_size,
    )
    uses = dicomweb.ImagingUses(
        ingest=wiring.ingest,
        assemblies=wiring.assemblies,
        search=wiring.imaging_search,
        retrieval=wiring.retrieval,
        rendering=wiring.rendering,
        bulk=wiring.bulk,
        deletion=wiring.deletion,
        restoration=wiring.restoration,
        worklist=wiring.worklist,
        subscriptions=wiring.subscriptions,
        handover=wiring.handover,
    )
    return dicomweb.blueprint(uses, sites=wiring.sites, limits=limits)


def _fhir(wiring: Wiring) -> Window:
    config = wiring.config
    uses = fhir_uses(wiring)
    largest = LargestBodies(config.fhir_bundle, config.search_form, config.request_size)
    return fhir.blueprint(uses, fhir_table(uses), late_answers(wiring), largest)


def _cohort_page(wiring: Wiring) -> Window:
    proposer = wiring.config.ask_model if wiring.config.ask_url else None
    uses = CohortPageUses(
        cohorts=wiring.cohorts,
        plain_words=wiring.plain_words,
        people=wiring.people_finder,
        sites=wiring.sites,
        proposer=proposer,
    )
    return cohort_page.blueprint(uses)


def _cohorts(wiring: Wiring) -> Window:
    scratch = Scratch(wiring.config.home / ANSWERS, wiring.config.disk_floor)
    whole = WholeAnswers(wiring.cohorts, scratch, wiring.sites)
    uses = CohortUses(
        wiring.cohorts,
        CohortAnswers(wiring.cohorts, whole),
        wiring.plain_words,
        wiring.saved_cohorts,
        wiring.page_tokens,
        wiring.config.base_url,
    )
    return cohorts.blueprint(uses)


def _viewer(wiring: Wiring) -> Window:
    uses = viewer.ViewerUses(
        search=wiring.imaging_search,
        announcer=wiring.cast_announcer,
        files=ViewerFiles(viewer_folder()),
        base=wiring.config.base_url,
        dicomweb=PREFIX,
    )
    return viewer.blueprint(uses)


def _feedback(wiring: Wiring) -> Window:
    parts = FeedbackWiring(wiring)
    uses = FeedbackUses(
        inbox=parts.inbox,
        answers=parts.answers,
        messages=parts.messages,
        figures=parts.figures,
        subscriptions=parts.subscriptions,
        people=wiring.people_finder,
        tokens=wiring.page_tokens,
        base=wiring.config.base_url,
    )
    return feedback.blueprint(uses)


def _operations(wiring: Wiring) -> Window:
    return operations.blueprint(
        readiness=wiring.readiness,
        alerts=wiring.alert_uses,
        operations=wiring.operations,
        purging=wiring.purging,
        tokens=wiring.page_tokens,
        sites=wiring.sites,
    )


WINDOWS: Mapping[str, Callable[[Wiring], Window]] = {
    "authorization": lambda wiring: authorization.blueprint(authorization_uses(wiring)),
    "sessions": lambda wiring: sessions.blueprint(session_uses(wiring)),
    "dicomweb": _dicomweb,
    "changefeed": lambda wiring: changefeed.blueprint(feed=wiring.feed, sites=wiring.sites),
    "fhir": _fhir,
    "cohort_page": _cohort_page,
    "cohorts": _cohorts,
    "exports": lambda wiring: exports.blueprint(
        extracts=extracts(wiring), tokens=wiring.page_tokens, sites=wiring.sites
    ),
    "glance": lambda wiring: glance.blueprint(glances=wiring.glances, sites=wiring.sites),
    "feedback": _feedback,
    "reporting": lambda wiring: reporting.blueprint(reporting_uses(wiring)),
    "fhircast": lambda wiring: fhircast.blueprint(
        hub=wiring.cast_hub,
        listening=wiring.cast_listening,
        handover=wiring.handover,
        sites=wiring.sites,
    ),
    "operations": _operations,
    "administration": lambda wiring: administration.blueprint(
        administration=wiring.administration,
        sessions=wiring.browser_sessions,
        second_factors=wiring.second_factors,
        break_glass=wiring.break_glass,
        audit=AuditUses(
            search=wiring.audit_search,
            disclosures=wiring.disclosures,
            checkpoints=wiring.checkpoints,
            alerts=wiring.alert_uses,
        ),
        sites=wiring.sites,
    ),
    "apidocs": lambda wiring: apidocs.blueprint(),
    "pages": lambda wiring: pages.blueprint(page_uses(wiring)),
    "viewer": _viewer,
}


def web_app(wiring: Wiring, windows: Iterable[str] = tuple(WINDOWS)) -> WebApp:
    """The application with these windows, by their names; every one unless told otherwise."""
    return create_app(
        [WINDOWS[name](wiring) for name in windows],
        base_url=wiring.config.base_url,
        admission=wiring.admission,
        proxies=wiring.config.trusted_proxies,
        origins=wiring.config.cors_origins,
        registered=wiring.app_origins,
        question_seconds=wiring.config.question_seconds,
        rates=Rates(wiring.config.home / RATES, limits_of(wiring.config.rates)),
    )
