"""The rights under which every read and write of the graph runs.

Only `app/security` builds an `AccessScope` (a test holds that); the stores and the compiler demand one, so a
query that forgot whose it is cannot be written by accident.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from typing import Any, Protocol, TypeVar

from graph.allowances import Allowances, Deed
from graph.errors import Forbidden, ScopeMissing
from graph.keys import partition_key, resource_of
from graph.refusals import NO_TRAITS, NOTHING_REFUSED, Refusals, Traits
from graph.rights import RowRight

_WRITING = (Deed.CREATE, Deed.UPDATE, Deed.DELETE)
_READING = (Deed.READ, Deed.SEARCH)


class AccessNotes(Protocol):
    """What an access leaves of itself: whom it concerned. Sent to another process, it notes nothing there."""

    def concerning(self, *references: str) -> None:
        """Note whom the access is about, as `Patient/7`."""

    def counting(self, rows: int) -> None:
        """Note how many rows an answer counts."""


@dataclass(frozen=True, slots=True)
class AccessScope:
    """Who asks, where, why, and which rows they may see.

    `patients` and `studies` are keys of granted rows; `patients` None means every row of the tenant.
    `writable` are the types of resources that they may write over FHIR; None means every type.
    `allowances` are the SMART scopes of their token, which narrow all of it; None means that none do.
    `deed` is what the access does; None is not said yet, and needs what reads and searches need.
    Of what is kept for one reader they see what is kept for `readers`, keys of Practitioners; None sees all.
    What bears one of the security labels `withheld`, as `sort_of` writes codes, is not theirs to see,
    nor is what the consents of patients keep from them, `refusals`; `actors` are the references that stand
    for them there, as `Practitioner/kim`, and `opened` the patients whose record they opened in an emergency.
    `casts` are the FHIRcast events that their token lets them receive and send, as `Patient-open.read`; None
    means all.
    `authorization` is the id of what an app was authorized by, whose end ends these rights; `client` is the
    app that asks and `token` the id of the token that it shows, both empty where nobody said so.
    `witness` is the audit entry of the access, as `key` and `properties`, which a commit writes with what the
    access changes; None where nothing is to be changed. `notes` is where it says whose record it touched.
    """

    tenant: str
    subject: str
    role: str
    purpose: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    partition: str = "default"
    patients: frozenset[str] | None = None
    studies: frozenset[str] = field(default_factory=frozenset)
    writable: frozenset[str] | None = None
    allowances: Allowances | None = None
    deed: Deed | None = None
    withheld: frozenset[str] = frozenset()
    refusals: Refusals = NOTHING_REFUSED
    actors: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    readers: frozenset[str] | None = frozenset()
    casts: frozenset[str] | None = field(default=None, compare=False)
    authorization: str | None = field(default=None, compare=False)
    client: str = field(default="", compare=False)
    token: str = field(default="", compare=False)
    witness: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    notes: AccessNotes | None = field(default=None, compare=False, repr=False)

    @property
    def sees_all(self) -> bool:
        """Whether no row right narrows this scope."""
        return self.patients is None

    @property
    def right(self) -> RowRight:
        """The rows that the caller may see."""
        return RowRight(
            partition_key(self.tenant, self.partition),
            _with_readers(self.patients, self.readers),
            self.studies,
            self.allowances,
            (self.deed,) if self.deed else _READING,
            self.withheld,
            self.refusals,
            self.readers,
        )

    def to(self, deed: Deed) -> "AccessScope":
        """These rights for an access that does one thing: what SMART scopes say of it alone counts."""
        if self.allowances is None or self.deed is deed:
            return self
        return replace(self, deed=deed)

    def witnessed(self, entry: Mapping[str, Any]) -> "AccessScope":
        """These rights, with the audit entry (`key` and `properties`) that their use is to leave."""
        return replace(self, witness=entry)

    def noted(self, notes: AccessNotes) -> "AccessScope":
        """These rights, for one access that says in `notes` whose record it touched."""
        return replace(self, notes=notes)

    def bare(self) -> "AccessScope":
        """These rights without the access in hand."""
        return replace(self, witness=None, notes=None)

    def public(self) -> "AccessScope":
        """The right to what everybody may read, and to nothing else, without the access in hand."""
        return replace(
            self.bare(), patients=frozenset(), studies=frozenset(), allowances=None, readers=frozenset()
        )

    def concerns(self, keys: Iterable[str]) -> None:
        """Note whose record the access touches: keys of patients and studies, and of what is written."""
        if self.notes is not None:
            self.notes.concerning(*map(resource_of, dict.fromkeys(keys)))  # rows of one study name it each

    def counts(self, rows: int) -> None:
        """Note how many rows an answer tells the number of."""
        if self.notes is not None:
            self.notes.counting(rows)

    def require(self, permission: str, *instead: str) -> None:
        """Raise `Forbidden` unless the scope holds the capability, or one that does in its place."""
        if permission not in self.permissions and self.permissions.isdisjoint(instead):
            raise Forbidden(
                "this needs the permission %(permission)s", code="forbidden", permission=permission
            )

    def allowed(self, deed: Deed, resource_type: str) -> "AccessScope":
        """These rights for one deed with resources of a type.

        Raises `Forbidden` where no SMART scope of the token names the type with it.
        """
        self.require_allowed(deed, resource_type)
        return self.to(deed)

    def may(self, deed: Deed, resource_type: str) -> bool:
        """Whether the SMART scopes of the token let something be done with some resources of a type."""
        if self.allowances is None:
            return True
        return any(each.reaches(resource_type, deed) for each in self.allowances)

    def require_allowed(self, deed: Deed, resource_type: str) -> None:
        """Raise `Forbidden` where no SMART scope of the token names the type with the deed."""
        if not self.may(deed, resource_type):
            asked = f"{resource_type}.{deed.value}"
            raise Forbidden(
                "the scopes of the access token do not hold %(asked)s", code="forbidden", asked=asked
            )

    def require_writing(self, resource_type: str) -> None:
        """Raise `Forbidden` unless resources of a type may be written somehow, whatever there is of them."""
        self.require("fhir.write")
        if not any(self.may(each, resource_type) for each in _WRITING):
            raise Forbidden(
                "the scopes of the access token write no %(resource_type)s",
                code="forbidden",
                resource_type=resource_type,
            )
        if self.writable is not None and resource_type not in self.writable:
            may = " and ".join(sorted(self.writable)) or "nothing"
            raise Forbidden("a %(role)s writes %(may)s here", code="forbidden", role=self.role, may=may)

    def sees(
        self,
        key: str,
        compartment: Collection[str] | None,
        partition: str | None,
        traits: Traits = NO_TRAITS,
    ) -> bool:
        """Whether a row is the caller's to see.

        `compartment` is None for rows that everybody may read (Practitioner, Endpoint ...),
        `partition` (`tenant|partition`) for rows that are not of DICOM.
        """
        return self.right.sees(key, compartment, partition, traits)


@lru_cache(maxsize=48)
def _with_readers(patients: frozenset[str] | None, readers: frozenset[str] | None) -> frozenset[str] | None:
    """What rows may be about: what is kept for a reader is about them; None is anybody."""
    return patients if patients is None or not readers else patients | readers


def demand_scope(scope: object) -> AccessScope:
    """Return the scope, or raise `ScopeMissing`: the check that stands apart from the compiler's own."""
    if not isinstance(scope, AccessScope):
        raise ScopeMissing("called without an AccessScope")
    return scope


_Store = TypeVar("_Store", bound=type)


def scoped(store: _Store) -> _Store:
    """Class decorator: each public method of a store refuses to run without an `AccessScope` first."""
    for name, member in list(vars(store).items()):
        if callable(member) and not name.startswith("_"):
            setattr(store, name, _demanding(member))
    return store


def _demanding(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def checked(self: object, scope: AccessScope | None = None, *args: Any, **kwargs: Any) -> Any:
        return method(self, demand_scope(scope), *args, **kwargs)

    return checked
