"""A report in words: its findings and its impression, as a narrative and as a page of plain text."""

from base64 import b64encode
from html import escape

from app.samples.codes import JsonObject

_XHTML = "http://www.w3.org/1999/xhtml"


def written_out(findings: str, impression: str, *, title: str) -> JsonObject:
    """The elements of a DiagnosticReport that say it in words; without findings the conclusion alone."""
    if not findings:
        return {"conclusion": impression}
    page = f"{title}\n\nFINDINGS\n{findings}\n\nIMPRESSION\n{impression}\n"
    lines = "<br/>".join(map(escape, findings.split("\n")))
    narrative = f"<p><b>Findings</b><br/>{lines}</p><p><b>Impression</b><br/>{escape(impression)}</p>"
    form = {
        "contentType": "text/plain; charset=utf-8",
        "data": b64encode(page.encode()).decode("ascii"),
        "title": title,
    }
    return {
        "text": {"status": "generated", "div": f'<div xmlns="{_XHTML}">{narrative}</div>'},
        "conclusion": impression,
        "presentedForm": [form],
    }
