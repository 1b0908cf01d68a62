"""Each route, written down a second time: who may call it, how it is called, and what a caller then sees.

The table is not made from the code's own declarations: what a route needs stands here as somebody reads it in
the documentation, and a route that is not here fails the test.
"""

from tests.app.security.routes_casts import CASTS, CHANNELS, LINES
from tests.app.security.routes_exports import EXPORTS
from tests.app.security.routes_feedback import FEEDBACK, FORMS_OF_FEEDBACK
from tests.app.security.routes_gateway import (
    ADMINISTRATION,
    CLIENTS,
    COHORT,
    COHORT_PAGE,
    LAUNCHES,
    OF_BROWSERS,
    OPERATIONS,
    PLAIN_WORDS,
    PUBLIC,
    SAVED_COHORTS,
    SIGN_IN,
)
from tests.app.security.routes_glance import GLANCE
from tests.app.security.routes_pages import FORMS_OF_PAGES, MANAGING_PAGES, PAGES
from tests.app.security.routes_pictures import DICOMWEB, LISTENING
from tests.app.security.routes_record import FHIR, OF_NOBODY
from tests.app.security.routes_reporting import REPORTING, STEPS
from tests.app.security.routes_terminology import TERMINOLOGY

GUARDED = (
    *DICOMWEB,
    *PAGES,
    *FHIR,
    *COHORT,
    *LAUNCHES,
    *GLANCE,
    *REPORTING,
    *OPERATIONS,
    *OF_NOBODY,
    *TERMINOLOGY,
    *CLIENTS,
    *ADMINISTRATION,
    *MANAGING_PAGES,
    *LISTENING,
    *CASTS,
    *LINES,
    *FEEDBACK,
    *STEPS,
    *SAVED_COHORTS,
    *PLAIN_WORDS,
    *COHORT_PAGE,
    *EXPORTS,
)
ROUTES = (
    *GUARDED,
    *PUBLIC,
    *CHANNELS,
    *SIGN_IN,
    *OF_BROWSERS,
    *FORMS_OF_PAGES,
    *FORMS_OF_FEEDBACK,
)
