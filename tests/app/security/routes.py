"""What a route of the table is: who may call it, how it is called, and what a caller then sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.app.security.access_matrix import promises
from tests.app.security.planting import Target

READ, STORE, DELETE, FEED = "imaging.read", "imaging.store", "imaging.delete", "feed.read"
RECORD, WRITE, ASK = "fhir.read", "fhir.write", "cohort.query"
BULK = "fhir.bulk"
LIST, WORK = "workitem.read", "workitem.write"
LEARN, TOTALS = "feedback.write", "feedback.totals"
TAKE = "cohort.export"
REPORT, STAND_IN = "report.write", "report.acknowledge"
OPERATE, CANCEL, PURGE = "operations.read", "operations.cancel", "imaging.purge"
AUDIT, OWN = "audit.read", "audit.own"
MANAGE, OPEN, REVIEW = "administration.manage", "break-glass.open", "break-glass.review"
PROMISES = promises()
EVERY = frozenset(
    {
        *(READ, STORE, DELETE, FEED, RECORD, WRITE, BULK, ASK, OPERATE, CANCEL, PURGE, AUDIT, OWN),
        *(MANAGE, OPEN, REVIEW, LIST, WORK, REPORT, STAND_IN, LEARN, TOTALS, TAKE),
    }
)
DEEP: Mapping[str, frozenset[str]] = {
    "clinician": frozenset({READ, RECORD, WRITE, ASK, REPORT, STAND_IN, LEARN}),
    "researcher": frozenset({ASK}),
    "teleradiologist": frozenset({READ, RECORD, WRITE, LIST, WORK, REPORT, LEARN}),
    "superuser": EVERY,
    "service": frozenset({READ, STORE, DELETE, FEED, RECORD, WRITE, BULK, OPERATE}),
}
"""Roles that are asked on every route with a row that is theirs and one that is not."""

# Who holds which capability (docs/roles.md); who is shown no one has those only that tell of nobody.
CAPABILITIES: Mapping[str, frozenset[str]] = {
    **{name: promise.named for name, promise in PROMISES.items()},
    "administrator": frozenset({OPERATE, CANCEL, PURGE, MANAGE, REVIEW, TOTALS}),
    **DEEP,
}

# Who has no grants, since all rows are theirs to see.
SEES_ALL = frozenset(
    {"clinician", "superuser", "service", *(name for name, promise in PROMISES.items() if promise.sees_all)}
)
ANY = 'multipart/related; type="{}"; transfer-syntax=*'
JSON = {"Content-Type": "application/fhir+json"}
NDJSON = {"Content-Type": "application/fhir+ndjson", "Prefer": "respond-async"}
PATCH = {"Content-Type": "application/json-patch+json"}
GRAPHQL = {"Content-Type": "application/graphql"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DICOM = {"Content-Type": "application/dicom"}
DICOM_JSON = {"Content-Type": "application/dicom+json"}
QUERY = {"Content-Type": "application/json"}
FILES = {"Accept": ANY.format("application/dicom")}
XML = {"Accept": 'multipart/related; type="application/dicom+xml"'}
FRAMES = {"Accept": ANY.format("application/octet-stream")}
RLE = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5'}
JPEG_LS = {"Accept": 'multipart/related; type="image/jls"'}
PICTURES = {"Accept": 'multipart/related; type="image/png"'}  # parts say of which instance they are
Make = Callable[[Target], bytes]


class _NamesOf:
    """What a target calls itself, by the names of its attributes."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def __getitem__(self, name: str) -> str:
        return str(getattr(self._target, name))


@dataclass(frozen=True)
class Route:
    """One way to call a route.

    `path` is filled in with the target's names; `shows` is what an answer holds when the row is seen.
    `before` is what is done to that target first: make a `twin`, `merge` it with one, `doubt` whose it is,
    write a `report` of its study.
    `by_patient` and `by_study`: whether a grant of the patient, or of the study, opens the row. `changes`:
    the call needs a target of its own; `deleted`: one whose pictures were deleted. `hidden_from`: roles that
    are answered without seeing the row. `refused_to`: roles that hold the capability, but not for resources
    of this type. `instead`: the capability that lets somebody call it in place of the one that it needs,
    `besides` one that it needs as well. `page`: it is for who is signed in at a browser.
    """

    rule: str
    needs: str | None
    path: str
    body: Make | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    shows: Make | None = None
    by_patient: bool = True
    by_study: bool = False
    changes: bool = False
    deleted: bool = False
    before: str = ""
    hidden_from: frozenset[str] = frozenset()
    refused_to: frozenset[str] = frozenset()
    name: str = ""
    instead: str | None = None
    besides: str | None = None
    page: bool = False

    def at(self, target: Target) -> str:
        """Its path, filled in with the names of a target."""
        return self.path.format_map(_NamesOf(target))

    def admits(self, role: str) -> bool:
        """Whether a role may call it."""
        held = CAPABILITIES[role]
        opens = self.needs in held or self.instead in held
        return opens and self.besides in (None, *held) and role not in self.refused_to

    @property
    def method(self) -> str:
        return self.rule.partition(" ")[0]

    def __str__(self) -> str:
        return f"{self.rule} {self.name}".strip()


def instance(target: Target) -> bytes:
    return target.instance.encode()


TYPE, ONE = "/fhir/<type:kind>", "/fhir/<type:kind>/<resource_id>"
