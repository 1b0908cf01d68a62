"""A report as one reads it from top to bottom: as plain text, as the narrative of FHIR, as its conclusion."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from types import MappingProxyType

from app.records.reporting.content import ReportContent
from app.records.reporting.written import ReportAddendum

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "indication": "INDICATION",
        "technique": "TECHNIQUE",
        "comparison": "COMPARISON",
        "findings": "FINDINGS",
        "impression": "IMPRESSION",
        "recommendation": "RECOMMENDATION",
    }
)
"""What each section is headed by, in the words that readers of reports look for."""
_CHANGES = {"appended": "ADDENDUM", "amended": "CORRECTED"}


def _changed(addenda: Iterable[ReportAddendum]) -> Iterator[tuple[str, str]]:
    """Each later change with what it is headed by, the newest first."""
    for each in reversed(tuple(addenda)):
        yield f"{_CHANGES.get(each.kind, each.kind)} {each.moment[:16]}Z, {each.author}", each.text


def plain_text(content: ReportContent, addenda: Iterable[ReportAddendum] = ()) -> str:
    """The whole report: what was changed later comes first, so that nobody misses it."""
    changes = [f"{head}\n{text}" for head, text in _changed(addenda)]
    critical = [f"CRITICAL RESULT\n{content.critical}"] if content.critical else []
    sections = [f"{HEADINGS[name]}:\n{text}" for name, text in content.sections()]
    return "\n\n".join((*changes, *critical, *sections))


def conclusion(content: ReportContent, addenda: Iterable[ReportAddendum] = ()) -> str:
    """The impression, with what was added to it later."""
    added = [f"Addendum {each.moment[:10]}: {each.text}" for each in addenda if each.kind == "appended"]
    return "\n\n".join(filter(None, (content.impression, *added)))


def narrative(content: ReportContent, addenda: Iterable[ReportAddendum] = ()) -> dict[str, str]:
    """The Narrative of FHIR, which says all that the report says."""
    changes = [_part(head, text) for head, text in _changed(addenda)]
    critical = [_part("CRITICAL RESULT", content.critical)] if content.critical else []
    sections = [_part(HEADINGS[name], text) for name, text in content.sections()]
    return _generated("".join((*changes, *critical, *sections)) or "<p>Nothing is written yet.</p>")


def narrative_of(heading: str, text: str) -> dict[str, str]:
    """The Narrative of what says one thing."""
    return _generated(_part(heading, text))


def _generated(body: str) -> dict[str, str]:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}


def _part(heading: str, text: str) -> str:
    lines = "<br/>".join(escape(line, quote=False) for line in text.split("\n"))
    return f"<h3>{escape(heading, quote=False)}</h3><p>{lines}</p>"
