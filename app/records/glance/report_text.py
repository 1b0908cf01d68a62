"""The text of a report: where it stands, its sections, and what changed from one impression to the next."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from html import unescape
from typing import Literal, NamedTuple

from app.records.glance.words import Resource, each_in

_HEADINGS: Mapping[str, str] = {
    "impression": r"impressions?|conclusions?|opinion|summary|assessment|결\s*론|판독\s*결론|인상|요약"
    r"|진단\s*의견",
    "findings": r"findings?|report|description|소\s*견|판독\s*소견|판독문?",
    "recommendation": r"recommendations?|advice|plan|follow[- ]?up recommendations?|권\s*고(?:\s*사항)?|추천"
    r"|제언",
    "indication": r"indications?|(?:clinical )?history|clinical (?:information|indication|details|data)"
    r"|reason(?: for exam\w*)?"
    r"|임상\s*(?:정보|소견|병력)|병\s*력|검사\s*(?:사유|이유|목적)|적응증",
    "technique": r"techniques?|procedure|protocol|exam(?:ination)?|검사\s*(?:방법|명|종류)|기법|촬영\s*방법",
    "comparison": r"comparisons?|compared with|비교(?:\s*검사)?|이전\s*검사",
}
"""What each section is headed by, in English and Korean."""

_HEADING = re.compile(
    r"(?:^|(?<=[.\n\]다]))[ \t]*[\[<*#]*[ \t]*(?:\d+[.)][ \t]*)?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _HEADINGS.items())
    + r")[ \t]*[\]>*]*[ \t]*(?:[:：]|(?<=[\]>*])|(?=\n)|-(?=\s))[ \t*]*",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>")
_TOKEN = re.compile(r"[가-힣]+|[A-Za-z]+(?:[-'][A-Za-z]+)*|\d+(?:\.\d+)?|\S")
_TEXTUAL = ("text/plain", "text/html", "application/xhtml+xml", "")
MOST_COMPARED = 1_500  # words of each of two texts
LONGEST = 20_000  # characters of one report that are looked at


class ReportText(NamedTuple):
    """A report's words by section; `body` is what stands under no heading."""

    impression: str = ""
    findings: str = ""
    recommendation: str = ""
    indication: str = ""
    technique: str = ""
    comparison: str = ""
    body: str = ""

    @property
    def first(self) -> str:
        """What a reader is told first: the impression, or else what there is."""
        return self.impression or self.body or self.findings or self.recommendation


class WordChange(NamedTuple):
    """Some words of two texts: the same, only in the new one, or only in the old one."""

    what: Literal["same", "added", "removed"]
    words: str


def sections_of(text: str) -> ReportText:
    """The sections of a text, by its headings."""
    text = text[:LONGEST].replace("\r\n", "\n")
    found: dict[str, list[str]] = {}
    heading, start = "body", 0
    for match in _HEADING.finditer(text):
        found.setdefault(heading, []).append(text[start : match.start()].strip())
        heading, start = match.lastgroup or "body", match.end()
    found.setdefault(heading, []).append(text[start:].strip())
    return ReportText(**{name: "\n".join(filter(None, parts)) for name, parts in found.items()})


def report_text(report: Resource, attached: Mapping[str, str]) -> ReportText:
    """The sections of a DiagnosticReport or DocumentReference; `attached` are texts by `Binary/id`.

    A conclusion that has no headings is the impression.
    """
    told = sections_of("\n".join(_attachments(report, attached)))
    conclusion = report.get("conclusion")
    if not isinstance(conclusion, str) or not conclusion.strip():
        return told if any(told) else sections_of(_narrative(report))
    own = sections_of(conclusion)
    if own.impression or own.findings:
        return own if not any(told) else told._replace(impression=own.impression or told.impression)
    rest = own._asdict()
    rest["impression"] = rest.pop("body")
    merged = {name: rest.get(name) or getattr(told, name) for name in ReportText._fields}
    return ReportText(**merged)


def attached_binaries(report: Resource) -> Iterator[str]:
    """The `Binary/id` of what a report has attached and does not hold itself."""
    for attachment in _of_report(report):
        url = str(attachment.get("url", ""))
        if re.search(r"(?:^|/)Binary/[A-Za-z0-9.-]{1,64}$", url) and not attachment.get("data"):
            yield "/".join(url.split("/")[-2:])


def decoded(data: object, media_type: str) -> str:
    """The text of base64 data of a media type; "" where it is no text."""
    if not isinstance(data, str) or media_type.partition(";")[0].strip().lower() not in _TEXTUAL:
        return ""
    try:
        text = b64decode(data, validate=False).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        return ""
    return _plain(text) if "html" in media_type else text


def _attachments(report: Resource, attached: Mapping[str, str]) -> Iterator[str]:
    for attachment in _of_report(report):
        if text := decoded(attachment.get("data"), str(attachment.get("contentType", ""))):
            yield text
        url = str(attachment.get("url", ""))
        if text := attached.get("/".join(url.split("/")[-2:]), ""):
            yield text


def _of_report(report: Resource) -> Iterator[Resource]:
    yield from each_in(report.get("presentedForm"))
    for content in each_in(report.get("content")):
        yield from each_in(content.get("attachment"))


def _narrative(report: Resource) -> str:
    told = report.get("text")
    return _plain(str(told.get("div", ""))) if isinstance(told, dict) else ""


def _plain(markup: str) -> str:
    return unescape(_MARKUP.sub("", _TAG.sub("\n", markup))).strip()


def differences(old: str, new: str) -> tuple[WordChange, ...]:
    """What a text says beside another one, word by word in order, of the first `MOST_COMPARED` of each."""
    before, after = _TOKEN.findall(old)[:MOST_COMPARED], _TOKEN.findall(new)[:MOST_COMPARED]
    # Of long texts words that come often anchor nothing, else a text of one word would take minutes.
    matcher = SequenceMatcher(None, [each.lower() for each in before], [each.lower() for each in after])
    told = list[WordChange]()
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            told.append(WordChange("same", _joined(after[c:d])))
            continue
        told += [WordChange("removed", _joined(before[a:b]))] if b > a else []
        told += [WordChange("added", _joined(after[c:d]))] if d > c else []
    return tuple(told)


def _joined(words: Iterable[str]) -> str:
    """The words with spaces, but none in front of a mark."""
    return re.sub(r" (?=[.,;:)%\]])|(?<=[(\[]) ", "", " ".join(words))
