"""Reports that say what a question asks of them, deny it, doubt it, or say it elsewhere, in two languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.factories.wards.charts import Chart, Scan

SPOKEN_FAULTS = ("word", "assertion", "section")
_SAID = {
    "affirmed": ("There is a {0}.", "{0} 소견이 있음."),
    "negated": ("No {0}.", "{0} 없음."),
    "uncertain": ("Possible {0}.", "{0} 의심됨."),
}
_OTHERWISE = {"affirmed": "negated", "negated": "affirmed", "uncertain": "negated", "any": "affirmed"}
_PLAIN = ("Unremarkable examination.", "특이 소견 없음.")


def speak(chart: Chart, event: Mapping[str, Any], day: date, edge: int, fault: str | None = None) -> None:
    """A report of a day, of a study where the chart has one of that day."""
    text = event.get("text", {})
    words = text.get("all") or [_word(text.get("any", ["finding"]), edge)]
    said = text.get("assertion", "affirmed")
    if fault == "assertion":
        said = _OTHERWISE[said]
    sentence = " ".join(say(each, said) for each in words) if fault != "word" else _PLAIN[edge % 2]
    section = text.get("section")
    elsewhere = section == "findings" or (section == "impression" and fault == "section")
    plain = _PLAIN[edge % 2]
    impression, findings = (plain, sentence) if elsewhere else (sentence, plain)
    chart.reported(impression, findings, day, _of_day(chart, day))


def say(word: str, said: str) -> str:
    """A sentence that affirms, denies or doubts a word, in its language."""
    return _SAID.get(said, _SAID["affirmed"])[_is_korean(word)].format(word)


def _word(words: list[str], edge: int) -> str:
    return words[edge % len(words)]


def _is_korean(word: str) -> bool:
    return any("가" <= each <= "힣" for each in word)


def _of_day(chart: Chart, day: date) -> Scan | None:
    return next((each for each in chart.scans if each.day == day), None)
