"""The use cases on value sets: which codes are in one, and whether a code is (valueset-operations.html)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.terminology.answers import AskedCode, CodeVerdict, misnamed, told, unknown
from app.terminology.library import Definition, Definitions, TenantLibrary
from fhir_profiles.terminology.codes import CodeEntry, Selection, words_of
from fhir_profiles.terminology.languages import name_of
from fhir_profiles.terminology.listing import ListedCodes, MemberListing
from fhir_profiles.terminology.membership import Checking, Membership, split_canonical
from graph.budget import spend
from graph.errors import Invalid, TooLarge
from graph.query.prices import QUESTION, rows
from graph.scope import AccessScope

KIND = "ValueSet"
LARGEST_ANSWER = 10_000  # codes
_LONGEST_TEXT = 200
_CODES_A_ROW = 10  # what a row of a page costs, so many codes do


@dataclass(frozen=True, slots=True)
class NamedDefinition:
    """Which definition an operation is about: by its id, by its canonical, or as it was sent."""

    kind: str
    resource_id: str | None = None
    url: str | None = None
    version: str | None = None
    sent: Definition | None = None

    def found(self, library: TenantLibrary) -> Definition:
        """The definition; raises `NotFound`, `Gone`, `Invalid` where none or several are named."""
        named = [each for each in (self.resource_id, self.url, self.sent) if each is not None]
        if len(named) != 1:
            raise Invalid(f"name one {self.kind}: by its id, its url, or the resource itself", location="url")
        if self.resource_id is not None:
            return library.by_id(self.kind, self.resource_id)
        if self.sent is not None:
            if self.sent.get("resourceType") != self.kind:
                raise Invalid(f"it is not a {self.kind}", location="resourceType")
            return self.sent
        url, version = split_canonical(self.url or "")
        wanted = self.version or version
        if self.kind == KIND:
            found = library.value_set(url, wanted)
        else:
            found = library.resource(self.kind, url, wanted)
        if found is None:
            raise unknown(self.kind, self.url or "")
        return found


@dataclass(frozen=True, slots=True)
class ExpansionWish:
    """How an expansion is wanted; `versions` are those of systems that the set names no version of."""

    text: str = ""
    offset: int = 0
    count: int | None = None
    active_only: bool = False
    without_abstract: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expansion:
    """The codes of a value set, a page of them."""

    value_set: Definition
    codes: ListedCodes


class ValueSets:
    """Answers questions about value sets."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def expand(self, scope: AccessScope, named: NamedDefinition, wish: ExpansionWish) -> Expansion:
        """The codes of a value set.

        Raises `NotFound` for what it is made of and nobody knows, `TooLarge` for more than an answer holds.
        """
        library = self._definitions.library(scope, wish.versions)
        spend(QUESTION)
        if wish.count is not None and wish.count > LARGEST_ANSWER:
            raise TooLarge(f"a page has at most {LARGEST_ANSWER} codes", location="count", code="too-costly")
        asked = Selection((), words_of(wish.text[:_LONGEST_TEXT]), wish.active_only, wish.without_abstract)
        with told():
            resource = named.found(library)
            count = LARGEST_ANSWER + 1 if wish.count is None else wish.count
            found = MemberListing(library).page(resource, asked, wish.offset, count)
        spend(rows(len(found.entries)) // _CODES_A_ROW)
        if len(found.entries) > LARGEST_ANSWER:
            hint = "ask for pages by count and offset, or for some of them by filter"
            raise TooLarge(f"the expansion has {found.total} codes: {hint}", code="too-costly")
        return Expansion(resource, found)

    def validate(
        self,
        scope: AccessScope,
        named: NamedDefinition,
        codes: Sequence[AskedCode],
        *,
        languages: Sequence[str] = (),
        versions: Mapping[str, str] | None = None,
        abstract: bool = True,
    ) -> CodeVerdict:
        """Whether one of some codes is in a value set, under the name that it was given.

        Raises `NotFound` where the value set is not known.
        """
        library = self._definitions.library(scope, versions)
        spend(QUESTION)
        with told():
            resource = named.found(library)
            verdicts = [self._verdict(library, resource, each, languages, abstract) for each in codes]
        return next((each for each in verdicts if each.result), verdicts[0])

    def _verdict(
        self,
        library: TenantLibrary,
        resource: Definition,
        asked: AskedCode,
        languages: Sequence[str],
        abstract: bool,
    ) -> CodeVerdict:
        system = asked.system or None
        found = Checking(library).within(resource, system, asked.code)
        if found is not Membership.MEMBER:
            return CodeVerdict(False, self._why(library, resource, asked, found), code=asked)
        entry = self._entry(library, resource, asked)
        if entry is None:
            return CodeVerdict(True, code=asked)
        if entry.abstract and not abstract:
            return CodeVerdict(False, f"{asked.code} groups others and is not to be used itself", code=asked)
        wrong = misnamed(asked, entry)
        found_in = replace(asked, system=entry.system)
        return CodeVerdict(wrong is None, wrong, name_of(entry, languages), found_in)

    def _entry(self, library: TenantLibrary, resource: Definition, asked: AskedCode) -> CodeEntry | None:
        """What a member is called: by the set where it lists codes, by its system."""
        own = MemberListing(library).named(resource, asked.system or None, asked.code)
        if own is not None or not asked.system:
            return own
        system = library.code_system(asked.system, asked.version)
        return system.entries((asked.code,)).get(asked.code) if system else None

    def _why(self, library: TenantLibrary, resource: Definition, asked: AskedCode, found: Membership) -> str:
        where = resource.get("url") or "the value set"
        if found is Membership.UNKNOWN:
            return (
                f"whether {asked.code} is in {where} cannot be told: a system or set of it is not known here"
            )
        if not asked.system:
            return f"{asked.code} is not in {where}"
        system = library.code_system(asked.system, asked.version)
        if system is None:
            return f"{asked.system}|{asked.code} is not in {where}, and the system is not known here"
        if asked.code not in system.entries((asked.code,)):
            return f"{asked.code} is no code of {asked.system}"
        return f"{asked.system}|{asked.code} is not in {where}"
