"""Who the patients of an answer are, as every page shows them: a name, the sex and the day of birth."""

import re
from collections.abc import Mapping
from typing import Any

from app.http.kit.frame import in_own_script
from app.http.kit.languages import gettext, marked
from app.http.kit.moments import shown_date
from app.records.people import PatientFinder
from graph.errors import Invalid
from graph.scope import AccessScope

MOST_NAMED = 50
_SCRIPTS = 2  # in which a name is shown
_IDS = re.compile(r"[A-Za-z0-9.-]{1,64}(,[A-Za-z0-9.-]{1,64})*\Z", re.ASCII)
_SEXES: Mapping[str, str] = {
    "male": marked("male"),
    "female": marked("female"),
    "other": marked("other sex"),
}


def people_of(people: PatientFinder, scope: AccessScope, ids: str) -> dict[str, dict[str, Any]]:
    """Those of some patients whom the caller sees, by id; `ids` are joined by commas.

    There is no name, or an empty text, where nothing is known. Raises `Invalid` for what are no ids, or too
    many.
    """
    wanted = frozenset(ids.split(",")) if _IDS.match(ids) else frozenset[str]()
    if not 0 < len(wanted) <= MOST_NAMED:
        raise Invalid("1 to %(most)s ids of patients, joined by commas", location="ids", most=MOST_NAMED)
    return {
        patient_id: {
            "names": in_own_script(each.names)[:_SCRIPTS],
            "sex": gettext(_SEXES[each.gender]) if each.gender in _SEXES else "",
            "born": shown_date(each.birth_date),
        }
        for patient_id, each in people.each(scope, wanted).items()
    }
