"""The TerminologyCapabilities (FHIR R4 terminologycapabilities.html): `GET /metadata?mode=terminology`.

Named are the code systems that ship; those that a tenant has stored, its search of CodeSystem tells.
"""

from functools import lru_cache
from typing import Any

import orjson

from app.http.fhir.value_sets import EXPANSION_PARAMETERS
from fhir_profiles.terminology import shipped

MODE, TERMINOLOGY = "mode", "terminology"


@lru_cache(maxsize=1)
def terminology_capabilities(base: str, date: str) -> bytes:
    """The JSON of the statement."""
    statement: dict[str, Any] = {
        "resourceType": "TerminologyCapabilities",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "Hilum"},
        "implementation": {"description": "One gateway for pictures and record", "url": base},
        "codeSystem": [{"uri": url} for url in sorted(shipped.code_systems())],
        "expansion": {
            "hierarchical": True,
            "paging": True,
            "incomplete": True,
            "parameter": [{"name": name} for name in sorted(EXPANSION_PARAMETERS - {"resource"})],
        },
        "codeSearch": "all",
        "validateCode": {"translations": False},
        "translation": {"needsMap": False},
        "closure": {"translation": False},
    }
    return orjson.dumps(statement)
