"""The form of a report: what somebody typed, as it was typed, and the content that it says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from app.http.kit.languages import marked
from app.records.reporting.content import SECTIONS, ReportContent, as_typed, codes_typed, content_of
from graph.errors import Invalid


class FormSection(NamedTuple):
    """A section as the form has it: its name, what it is called, and how many lines one sees of it."""

    name: str
    label: str
    lines: int


FORM_SECTIONS = (
    FormSection("indication", marked("Indication"), 2),
    FormSection("technique", marked("Technique"), 2),
    FormSection("comparison", marked("Comparison"), 2),
    FormSection("findings", marked("Findings"), 12),
    FormSection("impression", marked("Impression"), 5),
    FormSection("recommendation", marked("Recommendation"), 2),
)
LABELS: Mapping[str, str] = {each.name: each.label for each in FORM_SECTIONS}
FIELDS = frozenset({*LABELS, "critical", "codes", "priors", "reason"})
"""The fields beside which the form says what is wrong with them."""
_TICKED = "yes"
_ONE_LINE_FIELDS = ("reason", "version")


class TypedReport(NamedTuple):
    """What stands in the fields of a form."""

    texts: dict[str, str]
    priors: tuple[str, ...] = ()
    is_critical: bool = False

    @property
    def version(self) -> int | None:
        """The version that the form was filled in on; None where there was none.

        Raises `Invalid` where it is no number.
        """
        return version_of(self.texts.get("version", ""))

    @property
    def content(self) -> ReportContent:
        """The content that it says; raises `Invalid` and `TooLarge` with the field that is wrong."""
        critical = self.texts.get("critical", "")
        if self.is_critical and not critical.strip():
            raise Invalid("say what must be told at once", location="critical")
        if critical.strip() and not self.is_critical:
            raise Invalid("tick that the result is critical, or take the words away", location="critical")
        raw: dict[str, Any] = {name: self.texts.get(name, "") for name in SECTIONS}
        raw |= {
            "critical": critical,
            "priors": self.priors,
            "codes": codes_typed(self.texts.get("codes", "")),
        }
        return content_of(raw)


def typed_of(content: ReportContent, version: int | None) -> TypedReport:
    """The form that says a content, to be filled in on a version."""
    texts = {name: getattr(content, name) for name in (*SECTIONS, "critical")}
    texts |= {"codes": as_typed(content.codes), "version": str(version or ""), "reason": ""}
    return TypedReport(texts, content.priors, bool(content.critical))


def typed_in(form: MultiDict[str, str]) -> TypedReport:
    """What was typed into a form that was sent."""
    names = (*SECTIONS, "critical", "codes", *_ONE_LINE_FIELDS)
    return TypedReport(
        {name: form.get(name, "") for name in names},
        tuple(form.getlist("priors")),
        form.get("isCritical") == _TICKED,
    )


_DIGITS = 9


def version_of(text: str) -> int | None:
    """The number of a version, None for none; raises `Invalid` for what is no number."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Invalid("the form names no version: open it again")
    return int(text)
