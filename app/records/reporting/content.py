"""What a radiologist writes of a study: the sections of a report, and how they are taken from a request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from graph.errors import Invalid, TooLarge

SECTIONS = ("indication", "technique", "comparison", "findings", "impression", "recommendation")
"""The sections in the order in which they are read; what a report concludes is its impression."""
LONGEST = 16_000
"""Characters of one section."""
_MOST_PRIORS, _MOST_CODES = 20, 20
_LONGEST_CODE, _LONGEST_DISPLAY = 128, 400
_SYSTEMS: Mapping[str, str] = {
    "SCT": "http://snomed.info/sct",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "LN": "http://loinc.org",
    "RADLEX": "http://radlex.org",
}
"""Code systems by the short names that codes are typed with."""


class ReportCode(NamedTuple):
    """A code of what a report concludes."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """The words of a report by section.

    `priors` are the studies that it compares with, as `ImagingStudy/7`; `critical` says what somebody must
    be told at once, empty where there is nothing of that kind.
    """

    indication: str = ""
    technique: str = ""
    comparison: str = ""
    findings: str = ""
    impression: str = ""
    recommendation: str = ""
    priors: tuple[str, ...] = ()
    codes: tuple[ReportCode, ...] = ()
    critical: str = ""

    def sections(self) -> Iterator[tuple[str, str]]:
        """Each section that says something, by its name, in the order of reading."""
        return ((name, text) for name in SECTIONS if (text := getattr(self, name)))

    def told(self) -> dict[str, Any]:
        """The same as JSON."""
        return {**asdict(self), "priors": list(self.priors), "codes": [each._asdict() for each in self.codes]}


_FIELDS = frozenset(ReportContent.__dataclass_fields__)


def content_of(raw: Any) -> ReportContent:
    """The content that a request says; what it does not name is empty.

    Raises `Invalid` with the field that is wrong, `TooLarge` for a text that is too long.
    """
    if not isinstance(raw, Mapping):
        raise Invalid("the content of a report is an object", location="content")
    if stray := sorted(raw.keys() - _FIELDS):
        raise Invalid("a report has no such part", location=str(stray[0])[:64])
    texts = {name: text_of(raw.get(name, ""), name) for name in (*SECTIONS, "critical")}
    return ReportContent(**texts, priors=_priors(raw.get("priors", ())), codes=_codes(raw.get("codes", ())))


def text_of(raw: Any, name: str) -> str:
    """A text of some lines as it is kept; raises `Invalid` and `TooLarge` with the name of its field."""
    if not isinstance(raw, str):
        raise Invalid("%(name)s is a text", location=name, name=name)
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST:
        raise TooLarge("%(name)s has more than %(most)s characters", location=name, name=name, most=LONGEST)
    if not all(each in "\n\t" or _is_written(each) for each in text):
        raise Invalid("%(name)s holds characters that cannot be written", location=name, name=name)
    return text


def _is_written(character: str) -> bool:
    return character >= " " and not "\x7f" <= character <= "\x9f" and not "\ud800" <= character <= "\udfff"


def _priors(raw: Any) -> tuple[str, ...]:
    if (
        isinstance(raw, str)
        or not isinstance(raw, Sequence)
        or not all(isinstance(each, str) for each in raw)
    ):
        raise Invalid("priors is a list of references to ImagingStudy", location="priors")
    if len(raw) > _MOST_PRIORS:
        raise Invalid("at most %(most)s earlier studies", location="priors", most=_MOST_PRIORS)
    return tuple(dict.fromkeys(raw))


def _codes(raw: Any) -> tuple[ReportCode, ...]:
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        raise Invalid("codes is a list of objects with system, code and display", location="codes")
    if len(raw) > _MOST_CODES:
        raise Invalid("at most %(most)s codes", location="codes", most=_MOST_CODES)
    return tuple(dict.fromkeys(map(_code, raw)))


def _code(raw: Any) -> ReportCode:
    known = isinstance(raw, Mapping) and not raw.keys() - set(ReportCode._fields)
    parts = [raw.get(name, "") for name in ReportCode._fields] if known else []
    if not parts or not all(isinstance(each, str) for each in parts):
        raise Invalid("codes is a list of objects with system, code and display", location="codes")
    system, code, display = (text_of(each, "codes") for each in parts)
    if not system or not code or any(each.isspace() for each in system + code):
        raise Invalid("a code has a system, and no space in it", location="codes")
    if max(len(system), len(code)) > _LONGEST_CODE or len(display) > _LONGEST_DISPLAY or "\n" in display:
        raise Invalid("a code is too long", location="codes")
    return ReportCode(system, code, display)


def codes_typed(text: str) -> list[dict[str, str]]:
    """Codes as somebody types them, one a line: `SCT 254637007 Non-small cell lung cancer`.

    The first word is a short name of a code system, or its address. Raises `Invalid` for a line that has no
    code.
    """
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        system, code, display = (*line.split(None, 2), "", "")[:3]
        system = _SYSTEMS.get(system.upper(), system)
        if not code or ":" not in system:
            raise Invalid(
                "each line is a code system (%(known)s), a code and its words",
                location="codes",
                known=", ".join(_SYSTEMS),
            )
        found.append({"system": system, "code": code, "display": display})
    return found


def as_typed(codes: Sequence[ReportCode]) -> str:
    """Codes as they would be typed."""
    names = {system: name for name, system in _SYSTEMS.items()}
    return "\n".join(f"{names.get(each.system, each.system)} {each.code} {each.display}" for each in codes)


def require_signable(content: ReportContent) -> None:
    """Require what a signed report says; raises `Invalid` with the section that lacks."""
    if not content.impression:
        raise Invalid("a report that is signed has an impression", location="impression")
