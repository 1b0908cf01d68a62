"""Stages of diseases: `CKD stage 3b or worse`, `stage III or IV colon cancer`, `만성콩팥병 4기`.

A stage of the kidneys is a diagnosis of its own; one of a cancer is told beside it. Of any other disease, and
of parts of a stage for which no code is known, nothing is made: the stage is left.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.renaming import UNION
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.amounts import Amount
from app.cohorts.plain_words.scanning.signs import THING, Sign, joined

_KIDNEYS, _LAST, _CANCER_CODES = "chronic-kidney-disease", "end-stage-renal-disease", "C"
_OF_KIDNEYS: Mapping[str, str] = {
    "1": "ckd-stage-1",
    "2": "ckd-stage-2",
    "3": "ckd-stage-3",
    "3a": "ckd-stage-3a",
    "3b": "ckd-stage-3b",
    "4": "ckd-stage-4",
    "5": "ckd-stage-5",
}
_OF_CANCERS: Mapping[str, str] = {
    "1": "cancer-stage-1",
    "2": "cancer-stage-2",
    "3": "cancer-stage-3",
    "4": "metastatic-stage",
}
_STAGE_OF = {row: stage for stage, row in _OF_CANCERS.items()}
_PARTS: Mapping[str, tuple[str, ...]] = {"3": ("3a", "3b")}


def _rows(sign: Sign) -> tuple[LexiconRow, ...]:
    rows = sign.value if isinstance(sign.value, tuple) else ()
    return tuple(each for each in rows if isinstance(each, LexiconRow))


def _staged(sign: Sign) -> list[str]:
    """The stages that a sign names, the two ends of a range; none where it names no stage."""
    if sign.has("st"):
        return [sign.detail_of("st") or ""]
    named = [_STAGE_OF[row.id] for row in _rows(sign) if row.id in _STAGE_OF]
    if named:
        return named[:1]
    numbers = [] if sign.has(THING) else [number for each in sign.value or () for number in _numbers(each)]
    return [str(int(each)) for each in numbers if each == int(each)]


def _numbers(value: object) -> Iterator[Decimal]:
    """The numbers of an amount, or of a comparison."""
    if isinstance(value, Amount):
        yield value.number
    elif isinstance(value, Bound):
        yield value.amount.number
        yield from (value.high.number,) if value.high else ()


def _stages(signs: Sequence[Sign], known: Sequence[str]) -> tuple[str, ...]:
    """The stages that signs name together, of those that are known; none where one of them is not."""
    order = [each for each in known if each not in {one for some in _PARTS.values() for one in some}]
    found: list[str] = []
    to = False
    for at, sign in enumerate(signs):
        said = _staged(sign)
        op = sign.value[0].op if sign.kind == "range" else sign.detail_of("sfx")
        if sign.kind in ("to", "dash", "until", "from") or (said and at and _staged(signs[at - 1])):
            to = True
        if any(each not in known for each in said):
            return ()
        if op in ("ge", "gt", "le", "lt") and (said or found):
            found += _beyond((said or found)[-1], op, known, order)
        elif len(said) > 1 or (to and said):
            low, high = (said[0], said[-1]) if len(said) > 1 else (found[-1], said[0])
            found += _between(low, high, order)
            to = False
        else:
            found += said
    return tuple(dict.fromkeys(found))


def _whole(stage: str) -> str:
    return stage[:1]


def _beyond(stage: str, op: str, known: Sequence[str], order: Sequence[str]) -> list[str]:
    """A stage and those beyond it: behind 3a comes 3b, behind that 4."""
    place = order.index(_whole(stage))
    worse, better = order[place + 1 :], order[:place]
    parts = [each for each in _PARTS.get(_whole(stage), ()) if each in known and stage != _whole(stage)]
    if op in ("ge", "gt"):
        beside = [each for each in parts if each > stage]
        return [*([stage] if op == "ge" else []), *beside, *worse]
    beside = [each for each in parts if each < stage]
    return [*better, *beside, *([stage] if op == "le" else [])]


def _between(low: str, high: str, order: Sequence[str]) -> list[str]:
    first, last = order.index(_whole(low)), order.index(_whole(high))
    if first == last:
        return [low, high]
    parts = [each for each in _PARTS.get(_whole(low), ()) if each > low] if low != _whole(low) else []
    ends = [high] if high == _whole(high) else [each for each in _PARTS[_whole(high)] if each <= high]
    return [low, *parts, *order[first + 1 : last], *ends]


def _is_of_kidneys(sign: Sign) -> bool:
    return any(row.id == _KIDNEYS for row in _rows(sign))


def _is_cancer(sign: Sign) -> bool:
    """Whether a diagnosis is a cancer, by its code of ICD-10 or its name."""
    return any(
        any(each.code.startswith(_CANCER_CODES) and "icd-10" in each.system for each in row.codings)
        or any(name.endswith(("cancer", "carcinoma", "lymphoma", "melanoma", "sarcoma")) for name in row.en)
        for row in _rows(sign)
    )


def _of(disease: Sign, stages: Sequence[Sign], parts: tuple[Sign, ...]) -> Made:
    shipped = Lexicon.shipped().rows
    if _is_of_kidneys(disease):
        found = _stages(stages, tuple(_OF_KIDNEYS))
        rows = tuple(shipped[_OF_KIDNEYS[each]] for each in found)
        rows += (shipped[_LAST],) if len(found) > 1 and found[-1] == "5" else ()
        return (
            joined(f"{THING}:condition", parts, rows).read_as(f"{THING}:condition", UNION) if rows else None
        )
    found = _stages(stages, tuple(_OF_CANCERS)) if _is_cancer(disease) else ()
    if not found:
        return None
    rows = tuple(shipped[_OF_CANCERS[each]] for each in found)
    said = joined(f"{THING}:state", tuple(stages), rows).read_as(f"{THING}:state", UNION)
    return (disease, said) if parts[0] is disease else (said, disease)


def _of_disease(found: SignMatch) -> Made:
    """`CKD stage 4`, `stage 4 CKD`."""
    return _of(found.named["d"][0], found.named["x"], found.signs)


def _of_kidneys(found: SignMatch) -> Made:
    """`CKD 4-5`: the number is one of the disease."""
    return _of_disease(found) if _is_of_kidneys(found.named["d"][0]) else None


def _numbered(found: SignMatch) -> Made:
    """`gout 4-5 patients`: the number is one of the disease, and no age."""
    sign = found.signs[1]
    if any(each.kind in ("cmp", "sfx") for each in sign.parts):
        return None
    return (found.signs[0], sign.read_as("stage"))


def _unknown(found: SignMatch) -> Made:
    """A stage of a disease that has none here is left."""
    disease, sign = found.named["d"][0], found.named["x"][0]
    if _is_cancer(disease) or not _staged(sign):
        return None
    left = sign.read_as("stage")
    return tuple(left if each is sign else each for each in found.signs)


_ONE = "(n | st | r:n | range:n | ent:state | qg | r:qg)"
_SURE = "(st | ent:state | qg | r:qg)"
_LINK = "(or | and | slash | comma | to | dash | until | from | in)"
_MORE = f"({_LINK}* (stage | past)* {_ONE})* {_LINK}? sfx?"
_WITH = "(noun:cond | of | comma | open | at | with | colon)*"
_NUMBER = "{x:(range:n | r:n | n)}"
RULES: tuple[Rule, ...] = (
    rule(f"{{d:ent:condition}} {_WITH} stage {{x:{_ONE} {_MORE}}} close?", _of_disease),
    rule(f"{{d:ent:condition}} (open | comma)? {{x:{_SURE} {_MORE}}} close?", _of_disease),
    rule(f"stage {{x:{_ONE} {_MORE}}} (soft | of)* {{d:ent:condition}}", _of_disease),
    rule(f"{{x:{_SURE} {_MORE}}} (soft | of)* {{d:ent:condition}}", _of_disease),
    rule(f"{{d:ent:condition}} {_NUMBER}", _of_kidneys),
    rule("ent:condition (range:n | r:n | n) (?= subj)", _numbered),
    rule("{x:ent:state} soft* {d:ent:condition}", _unknown),
    rule("{d:ent:condition} {x:ent:state}", _unknown),
)
"""Rules that make a diagnosis, or a diagnosis and a state, of a disease and its stage."""
