"""Finds whose records are asked for where each of them is named: `the last HbA1c of every diabetic`."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.cohorts.plain_words.grammar.things import kinds_of
from app.cohorts.plain_words.scanning.signs import THING, Sign

EVERY = "every"
"""What a link to patients has beside it where all of them are meant: `of all smokers`."""
_PRESCRIBED = "role:rx"
_EACH = ("every", "each", "all")
_OF_ALL = re.compile(r"of all( the| our| these| those)?")
_MANY = re.compile(r"(?:ics|iacs|ives|smokers|drinkers|survivors)$")
_ONE = re.compile(r"(?<!col)(?:ic|iac|ive|smoker|drinker|survivor)$")
_BESIDE = ("weak", "soft", "current", "past", "ver", "sev", "newly", "clin")
_LISTS = ("and", "or", "slash", "comma")
_OF_EACH = (
    "and",
    "comma",
    "slash",
    "semi",
    "pick",
    "last",
    "recent",
    "current",
    "noun",
    "ord",
    "window",
    "lat",
)
_RESULTS = ("lab", "drug", "procedure", "vaccine", "document", "encounter")
_PERSONS = ("subj", "sex", "group", "who", "childsex")
_GOES_ON = ("ent", "noun", "subj", "sex", "group", "row", "role", "childsex")


def with_persons(signs: Sequence[Sign], text: str) -> list[Sign]:
    """The signs, with one for persons behind a disease that names them, and links to all of them marked."""
    found: list[Sign] = []
    at = 0
    while at < len(signs):
        led = _led(signs, at, text)
        if led is None:
            found.append(_link(signs, at, text) or signs[at])
            at += 1
            continue
        every, person = led
        link = Sign(("of", EVERY) if every else ("of",), signs[at].start, signs[at].start + len("of"))
        if signs[at].has(_PRESCRIBED):
            link = replace(link, start=signs[at].end - len("of"), end=signs[at].end)
            found.append(Sign(("row:MedicationRequest",), signs[at].start, link.start - 1))
        found += [link, *signs[at + 1 : person + 1]]
        if signs[person].kind == "ent":
            end = signs[person].end
            found.append(Sign(("subj",), end - 1, end))
        at = person + 1
    return found


def asks_of_each(signs: Sequence[Sign], link: Sign) -> bool:
    """Whether what was found in each is asked for: `the last HbA1c and creatinine of every diabetic`."""
    named = [each for each in signs if each.has(THING)]
    plain = all(each.has(THING) or each.kind in _OF_EACH for each in signs)
    kinds = {each for sign in named for each in kinds_of(sign)[:1]}
    picked = any(each.kind in ("pick", "last") for each in signs)
    each_one = link.has(EVERY) and kinds <= set(_RESULTS)
    return bool(named) and plain and (each_one or (picked and kinds == {"lab"}))


def _link(signs: Sequence[Sign], at: int, text: str) -> Sign | None:
    """The link that `of all` before a thing is: `reports of all MRIs`; None of what is none."""
    sign = signs[at]
    leads = at + 1 < len(signs) and (signs[at + 1].has("ent") or signs[at + 1].has("row"))
    all_of = sign.kind == "weak" and _OF_ALL.fullmatch(text[sign.start : sign.end])
    return sign.read_as("of") if leads and all_of else None


def _led(signs: Sequence[Sign], at: int, text: str) -> tuple[bool, int] | None:
    """Whether all are meant that `of` leads to, and where they are named; None where it leads to none."""
    said = text[signs[at].start : signs[at].end]
    every = _OF_ALL.fullmatch(said) is not None
    if not every and said != "of" and not (signs[at].has(_PRESCRIBED) and said.endswith(" of")):
        return None
    place = at + 1
    while place < len(signs) and signs[place].kind in _BESIDE:
        every = every or text[signs[place].start : signs[place].end] in _EACH
        place += 1
    if place == len(signs):
        return None
    if signs[place].kind in _PERSONS:
        return (True, place) if every else None
    return (every, place) if _names_persons(signs, place, text, every=every) else None


def _lists_on(signs: Sequence[Sign], at: int) -> bool:
    """Whether another disease is listed behind a place: `diabetics and hypertensives`."""
    if signs[at].kind not in _LISTS:
        return False
    ahead = next((each for each in signs[at + 1 :] if each.kind not in (*_BESIDE, *_LISTS)), None)
    return ahead is not None and (ahead.has("ent:condition") or ahead.has("ent:state"))


def _names_persons(signs: Sequence[Sign], at: int, text: str, *, every: bool) -> bool:
    """Whether a disease is named by who has it: `diabetics`, and not `diabetic patients`."""
    sign = signs[at]
    if not (sign.has("ent:condition") or sign.has("ent:state")):
        return False
    said = text[sign.start : sign.end]
    if at + 1 < len(signs) and (signs[at + 1].kind in _GOES_ON or _lists_on(signs, at + 1)):
        return False
    return bool(_MANY.search(said) or (every and _ONE.search(said)))
