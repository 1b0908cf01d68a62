"""What a question asks for besides who: rows, a number, a number by something. Parts its signs by that."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.cohorts.plain_words.grammar.every_one import asks_of_each
from app.cohorts.plain_words.grammar.things import kinds_of
from app.cohorts.plain_words.scanning.signs import THING, Sign

PRECEDING = "lastroll:prec"
"""What counts back from what was told, and not from today: `in the preceding 48 hours`."""
_PERSONS = ("subj", "sex", "who")
_BEFORE_PERSONS = (
    "ent",
    "age",
    "sex",
    "ver",
    "current",
    "past",
    "level",
    "clin",
    "sev",
    "weak",
    "dead",
    "alive",
    "neg",
    "newly",
)
_BEFORE_HEADS = (
    "number",
    "recent",
    "pick",
    "last",
    "ord",
    "current",
    "weak",
    "contrast",
    "lat",
    "soft",
    "maker",
    "feature",
    "newly",
    "past",
)
_LEADING = ("of", "for", "from", "in", "among", "to", "at", "by", "on")
_LISTS = ("and", "comma", "slash", "semi")
_ASKED = ("out", "howmany", "polite", "by", "dist")
_TARGETS = (
    "document",
    "modality",
    "lab",
    "drug",
    "procedure",
    "encounter",
    "vaccine",
    "device",
    "allergen",
    "condition",
)

_RECORDS = ("document", "modality", "lab", "drug", "procedure", "encounter", "vaccine", "site")
_OF_RECORDS = ("linked", "noun", "pick", "last", "recent", "contrast", "lat", "rptstatus")


@dataclass(slots=True)
class Request:
    """The signs of a question by what they are for.

    `targets` are those of rows that are asked for, beside those of the patients; `shown` says that the first
    thing among those of the patients is asked for itself.
    """

    population: list[Sign] = field(default_factory=list)
    targets: list[Sign] = field(default_factory=list)
    used: list[Sign] = field(default_factory=list)
    unused: list[Sign] = field(default_factory=list)
    dimensions: list[str] = field(default_factory=list)
    counted: bool = False
    shown: bool = False


def requested(signs: Sequence[Sign], *, korean: bool) -> Request:
    """Part the signs of a question."""
    request = Request()
    rest = _without_dimensions(signs, request)
    asks = [at for at, sign in enumerate(rest) if sign.kind == "out"]
    request.counted = any(sign.kind == "howmany" for sign in rest)
    (_part_korean if korean else _part_english)(rest, asks, request)
    return request


def _without_dimensions(signs: Sequence[Sign], request: Request) -> list[Sign]:
    """Take out `by sex and year`, `성별 분포`."""
    rest: list[Sign] = []
    at = 0
    while at < len(signs):
        end, found = _dimensions_at(signs, at)
        if found:
            request.dimensions += [each for each in found if each not in request.dimensions]
            request.used += signs[at:end]
            request.counted = True
            at = end
        else:
            rest.append(signs[at])
            at += 1
    return rest


def _dimensions_at(signs: Sequence[Sign], at: int) -> tuple[int, list[str]]:
    """The dimensions that begin at a place: in English behind `by`, in Korean before it."""
    start = at
    if signs[at].kind == "bydim":
        return _listed_dimensions(signs, at)
    by = signs[at].kind in ("by", "dist")
    while at < len(signs) and signs[at].kind in ("by", "dist", "of", "howmany"):
        if not by:
            break
        at += 1
    found: list[str] = []
    while at < len(signs):
        name = _dimension(signs[at])
        if name and (by or _goes_to_by(signs, at)):
            found.append(name)
            at += 1
        elif (
            found
            and signs[at].kind in ("by", "dist", *_LISTS)
            and (signs[at].kind in ("by", "dist") or (at + 1 < len(signs) and _dimension(signs[at + 1])))
        ):
            at += 1
        else:
            break
    return (at, found) if found else (start, [])


def _listed_dimensions(signs: Sequence[Sign], at: int) -> tuple[int, list[str]]:
    """`연도별, 성별`: dimensions that say by themselves that they are some."""
    found: list[str] = []
    while at < len(signs) and (_dimension(signs[at]) or signs[at].kind in ("by", "dist", *_LISTS)):
        found += [_dimension(signs[at])] if _dimension(signs[at]) else []
        at += 1
    return at, found


def _dimension(sign: Sign) -> str:
    if sign.kind in ("dim", "bydim"):
        return sign.detail
    return {"unit:a": "year", "unit:mo": "month"}.get(sign.symbol, "")


def _goes_to_by(signs: Sequence[Sign], at: int) -> bool:
    """Whether a Korean `별` or `분포` follows, maybe behind further dimensions."""
    while at < len(signs) and (_dimension(signs[at]) or signs[at].kind in _LISTS):
        if signs[at].kind == "bydim":
            return True
        at += 1
    return at < len(signs) and signs[at].kind in ("by", "dist", "bydim")


def _use(request: Request, signs: Sequence[Sign]) -> list[Sign]:
    """The signs without those that only ask."""
    request.used += [each for each in signs if each.kind in _ASKED or each.kind == "howmany"]
    request.unused += [each for each in signs if each.kind == "dist" and not request.dimensions]
    return [each for each in signs if each.kind not in _ASKED and each.kind != "howmany"]


def _part_english(signs: list[Sign], asks: list[int], request: Request) -> None:
    person = next((at for at, sign in enumerate(signs) if _is_person(sign)), None)
    later = next((at for at in asks if person is not None and at > person), None)
    if later is not None and any(_is_target(each) for each in signs[later + 1 :]):
        request.population = _use(request, signs[:later])
        request.targets = _use(request, signs[later:])
        return
    if person is None and _are_pictures_with_reports(signs):
        request.targets = _use(request, signs)
        return
    theirs = _theirs(signs)
    if theirs is not None:
        request.population = _use(request, signs[: theirs - 1])
        request.used.append(signs[theirs - 1])
        request.targets = _use(request, signs[theirs:])
        return
    split = _led_by(signs, person) if person is not None else None
    if split is not None and not _counts_back(signs[split:]):
        before = signs[:split]
        asked = bool(asks and asks[0] < split) or asks_of_each(before, signs[split])
        if asked or _asks_for_rows(before) or _asks_for_reports(signs, split):
            end = _also_asked(signs, split)
            request.targets = _use(request, [*before, *signs[end:]])
            request.population = _use(request, signs[split:end])
            return
    request.population = _use(request, signs)
    if asks:
        first = _headed(signs, asks[0] + 1)
        request.shown = first is not None and _is_target(first) and not _leads_to_person(signs, asks[0] + 1)
    elif not request.counted:
        first = _headed(signs, 0)
        named = first is not None and (_is_picture(first) or _is_shown_of(signs, first))
        request.shown = named and not _leads_to_person(signs, 0)


def _counts_back(signs: Sequence[Sign]) -> bool:
    """Whether patients are told of by what came before that which is asked for: `in the preceding 2 days`."""
    return any(part.has(PRECEDING) for sign in signs if sign.kind == "window" for part in sign.parts)


def _headed(signs: Sequence[Sign], at: int) -> Sign | None:
    """The first sign that names something, behind what only says more of it."""
    return next((each for each in signs[at:] if each.kind not in _BEFORE_HEADS), None)


def _is_shown_of(signs: Sequence[Sign], first: Sign) -> bool:
    """Whether what was done is asked for, and whose it is follows: `echocardiograms of patients`."""
    at = next(place for place, each in enumerate(signs) if each is first)
    follows = at + 1 < len(signs) and signs[at + 1].kind == "of"
    return follows and bool({"procedure", "document"} & set(kinds_of(first)[:1]))


def _is_picture(sign: Sign) -> bool:
    """Whether a sign names pictures or reports, which a portal is asked for without a verb."""
    return bool({"modality", "site"} & set(kinds_of(sign)[:1])) or any(
        each in sign.symbols for each in ("row:ImagingStudy", "row:DiagnosticReport")
    )


def _is_person(sign: Sign) -> bool:
    """Whether a sign names patients, by their age, too: `kids`."""
    return sign.kind in _PERSONS or (sign.kind == "age" and any(each.kind == "group" for each in sign.parts))


def _led_by(signs: Sequence[Sign], person: int) -> int | None:
    """Where the words for the patients begin, `of diabetic patients`, behind things that are asked for."""
    at = person - 1
    while at >= 0 and signs[at].kind in _BEFORE_PERSONS:
        at -= 1
    if at <= 0 or signs[at].kind not in _LEADING:
        return None
    return at if any(_is_target(each) for each in signs[:at]) else None


def _also_asked(signs: Sequence[Sign], at: int) -> int:
    """Where rows begin that are asked for behind the patients: `… together with their reports`."""
    end = len(signs)
    while end > at and (signs[end - 1].has("row") or signs[end - 1].kind in ("linked", "noun", "stop")):
        end -= 1
    tail = signs[end:]
    if not any(each.has("row") for each in tail) or not (
        any(each.kind == "linked" for each in tail) or signs[end - 1].kind == "and"
    ):
        return len(signs)
    return end - 1 if signs[end - 1].kind in ("and", "with", "comma") else end


def _leads_to_person(signs: Sequence[Sign], at: int) -> bool:
    """Whether a thing only says more of the person behind it: diabetic patients."""
    while at < len(signs) and (signs[at].kind in _BEFORE_PERSONS or signs[at].kind == "number"):
        at += 1
    return at < len(signs) and signs[at].kind in _PERSONS


def _asks_for_rows(signs: Sequence[Sign]) -> bool:
    """Whether records are asked for as such: medications, documents, their reports."""
    if not any(each.has("row") and each.kind in ("row", "ent") for each in signs):
        return False
    if _is_list(signs):
        return True
    return not any(
        each.kind == "value" or (each.kind == "with" and not _leads_to_row(signs, at + 1))
        for at, each in enumerate(signs)
    )


def _asks_for_reports(signs: Sequence[Sign], split: int) -> bool:
    """`chest x-rays of men with COPD, together with the reports`: what reports stand behind asks for both."""
    pictures = any("modality" in kinds_of(each) for each in signs[:split])
    return pictures and _also_asked(signs, split) < len(signs)


def _are_pictures_with_reports(signs: Sequence[Sign]) -> bool:
    """Whether pictures and their reports are all that is named: `brain MRIs and the reports of them`."""
    end = _also_asked(signs, 0)
    ahead = signs[:end]
    plain = all(_is_picture(each) or each.kind in (*_OF_RECORDS, "of", "window", "number") for each in ahead)
    linked = any(each.kind == "linked" for each in signs[end:])
    pictured = any("modality" in kinds_of(each) or each.has("row:ImagingStudy") for each in ahead)
    return bool(ahead) and end < len(signs) and linked and plain and pictured


def _theirs(signs: Sequence[Sign]) -> int | None:
    """Where records begin that are asked for behind the patients: `… and their latest HbA1c`."""
    at = len(signs) - 1
    while at > 0 and (
        signs[at].kind in (*_OF_RECORDS, "and", "comma", "stop", "current") or _is_record(signs[at])
    ):
        if signs[at].kind == "linked" and signs[at - 1].kind in ("and", "with", "comma", "subj"):
            return at if any(map(_is_record, signs[at:])) else None
        at -= 1
    return None


def _is_record(sign: Sign) -> bool:
    """Whether a sign names records, and no diagnosis that patients have."""
    return sign.has("row") or bool(set(kinds_of(sign)[:1]) & set(_RECORDS))


def _leads_to_row(signs: Sequence[Sign], at: int) -> bool:
    """Whether a record is what is named next: `with their reports`, `with CT documents`."""
    while at < len(signs) and not signs[at].has("row"):
        if not (signs[at].kind in _OF_RECORDS or {"modality", "site"} & set(kinds_of(signs[at]))):
            return False
        at += 1
    return at < len(signs)


def _is_list(signs: Sequence[Sign]) -> bool:
    return any(each.kind in ("comma", "linked") for each in signs)


def _is_target(sign: Sign) -> bool:
    return (
        sign.has("row")
        or sign.kind in ("section",)
        or bool(set(_TARGETS) & set(kinds_of(sign)))
        or "site" in kinds_of(sign)
    )


def _part_korean(signs: list[Sign], asks: list[int], request: Request) -> None:
    person = _last_person(signs)
    tail = signs[person + 1 :] if person is not None else []
    things = [each for each in tail if each.has(THING) or each.kind == "row"]
    asked = bool(asks and (person is None or asks[-1] > person))
    if person is not None and things and _is_tail(tail) and (asked or _rows_in_korean(tail)):
        told = signs[: person + 1]
        ahead = told[:1] if _is_of_tail(told, tail) else []
        request.population = _use(request, told[len(ahead) :])
        request.targets = _use(request, [*ahead, *tail])
        return
    request.population = _use(request, signs)
    request.shown = asked and (person is None or (bool(things) and not _last_is_person(signs, asks[-1])))
    if not asks and not request.counted:
        request.shown = _ends_with_pictures(signs)


def _is_of_tail(told: Sequence[Sign], tail: Sequence[Sign]) -> bool:
    """Whether a period before the patients is of what was done to them: 10월에 통풍 환자에게 시행한 CT."""
    done = len(tail) > 1 and tail[0].kind == "role" and tail[1].kind == "v"
    return done and told[0].kind == "window" and not any(each.kind in ("v", "vn", "role") for each in told)


def _ends_with_pictures(signs: Sequence[Sign]) -> bool:
    """Whether pictures or reports are what a question ends with, which a portal is asked for: 흉부 CT."""
    at = len(signs) - 1
    while at >= 0 and (
        signs[at].kind in (*_BEFORE_HEADS, "j", "noun", "stop", "only", "of", "window", "comma")
        and not signs[at].has("row")
    ):
        at -= 1
    return at >= 0 and _is_picture(signs[at])


def _last_is_person(signs: Sequence[Sign], at: int) -> bool:
    """Whether patients are what stands right before a request, and no record."""
    at -= 1
    while at >= 0 and signs[at].kind in ("weak", "j", "noun", "stop", "howmany", "only", "of"):
        at -= 1
    return at < 0 or not ({"modality", "document"} & set(kinds_of(signs[at])) or signs[at].has("row"))


def _last_person(signs: Sequence[Sign]) -> int | None:
    """The last word for patients; a name may end with one, and so may what says their sex or age."""
    for at in range(len(signs) - 1, -1, -1):
        sign = signs[at]
        behind = signs[at + 1].kind if at + 1 < len(signs) else ""
        if sign.kind == "subj" or (sign.kind in ("sex", "age") and behind in ("of", "in", "", "out")):
            return at
        if sign.kind == "ent" and behind == "of" and set(kinds_of(sign)) & {"condition", "state"}:
            return at
    return None


def _is_tail(signs: Sequence[Sign]) -> bool:
    """Whether what stands behind the patients is asked for, and says nothing more of them."""
    verbs = [each for each in signs if each.kind in ("v", "vn")]
    meant = [
        each for each in verbs if each.detail.partition(".")[0] not in ("become", "get", "do", "exist", "be")
    ]
    conditions = [each for each in signs if kinds_of(each)[:1] in (("condition",), ("state",))]
    return (
        not meant
        and not conditions
        and not any(each.kind in ("excl", "value", "vn", "range") for each in signs)
    )


def _rows_in_korean(signs: Sequence[Sign]) -> bool:
    generic = [each for each in signs if each.kind == "row" or "ent:document" in each.symbols]
    results = [each for each in signs if each.kind == "noun" and "noun:lab" in each.symbols]
    return bool(generic or results)
