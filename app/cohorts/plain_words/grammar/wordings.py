"""Wordings that say what plainer ones do, told in those: `spiked 38.5`, `a type 1`, `the most recent one`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.signs import Sign, joined

AGAIN = "again"
"""A word that stands for a thing that was named before: `the latest one`."""
_COUNTED = "ent | row | noun | unit | of | role"
_ENDS_NAMES = (
    "comma | stop | and | or | with | on | in | pron | who | subj | close | have | role | excl | neg | rel"
)
_DIABETES, _TEMPERATURE = "diabetes", "body-temperature"
_CELSIUS, _FAHRENHEIT = range(34, 44), range(93, 112)
_REMOVALS: Mapping[str, str] = {
    "appendix": "appendectomy",
    "gallbladder": "cholecystectomy",
    "spleen": "splenectomy",
}
_REPORT = "(contrast | lat | linked | ent:site | ent:modality | pick | last)* row:DiagnosticReport"


def _row(name: str) -> LexiconRow | None:
    return Lexicon.shipped().rows.get(name)


def _ids(sign: Sign) -> set[str]:
    rows = sign.value if isinstance(sign.value, tuple) else ()
    return {row.id for row in rows if isinstance(row, LexiconRow)}


def _latest(found: SignMatch) -> Made:
    """`the most recent one`: the number is a pronoun."""
    pick, one = found.signs
    if one.value[0].number != 1 or one.end - one.start != len("one"):
        return None
    name = "last" if pick.kind == "lastroll" else pick.symbol
    return joined(name, found.signs).read_as(name, AGAIN)


def _type_of_diabetes(found: SignMatch) -> Made:
    """`a type 1`: the disease that wards call by its type."""
    row = _row(f"type-{found.signs[0].detail}-diabetes")
    return joined("ent:condition", found.signs, (row,)).read_as("ent:condition", "short") if row else None


def _typed(found: SignMatch) -> Made:
    """`type 2 diabetics`, `type 1 or type 2 diabetes`: the type is one of the disease behind it."""
    types = [each for each in found.signs if each.has("dmtype")]
    name = found.signs[-1]
    if not _ids(name) & {_DIABETES, "type-1-diabetes", "type-2-diabetes"}:
        return None
    made = []
    for each in found.signs[:-1]:
        row = _row(f"type-{each.detail}-diabetes") if each.has("dmtype") else None
        if each.has("dmtype") and row is None:
            return None
        whole = name if each is types[-1] and _DIABETES in _ids(name) else each
        made.append(Sign(("ent:condition",), each.start, whole.end, (row,)) if row else each)
    return made if _DIABETES in _ids(name) else [*made, name]


def _numbered(found: SignMatch) -> Made:
    """`type 1 or 2 diabetes`."""
    number = found.signs[2]
    said = number.read_as(f"dmtype:{number.value[0].number}")
    return _typed(SignMatch((*found.signs[:2], said, found.signs[3]), {}, found.start, found.end))


def _spiked(found: SignMatch) -> Made:
    """`spiked 38.5`: a temperature."""
    spike, *between, amount = found.signs
    row = _row(_TEMPERATURE)
    bounds: Iterable[Bound] = amount.value if amount.kind == "range" else ()
    numbers = [each.amount.number for each in bounds] or [each.number for each in amount.value]
    if row is None or not all(int(each) in (*_CELSIUS, *_FAHRENHEIT) for each in numbers):
        return None
    said = (
        amount
        if amount.kind == "range"
        else Sign(
            ("range:n",),
            amount.start,
            amount.end,
            tuple(Bound("ge", each) for each in amount.value),
            (amount,),
        )
    )
    return (Sign(("ent:lab",), spike.start, spike.end, (row,)), *between, said)


def _mentioned(found: SignMatch) -> Made:
    """`after a nodule was mentioned in a report`: after a report that mentions one."""
    side, *_ = found.signs
    told = [each for name in ("f", "r") for each in found.named[name]]
    verb = next(each for each in found.signs if each.kind in ("role", "v"))
    return (
        side,
        *found.named["r"],
        verb.read_as("role:mention"),
        *(each for each in told if each not in found.named["r"]),
    )


def _removed(found: SignMatch) -> Made:
    """`an appendix op`: the operation that takes out an organ."""
    row = next((_row(_REMOVALS[each]) for each in _ids(found.signs[0]) if each in _REMOVALS), None)
    return joined("ent:procedure", found.signs, (row,)) if row else None


def _in_study(found: SignMatch) -> Made:
    """`studies with both CT and PET series`: one study holds both."""
    rows = tuple(row for name in ("a", "b") for sign in found.named[name] for row in sign.value[:1])
    return joined("ent:modality", found.signs, rows).read_as("ent:modality", TOGETHER)


def _of_modality(found: SignMatch) -> Made:
    """`studies with CT series`: pictures of that modality."""
    return replace(found.named["a"][0], start=found.signs[0].start, parts=found.signs)


_BESIDE_PICTURES = "(noun:imaging | row:ImagingStudy | ent:site | of | contrast | lat)"
TOGETHER = "onestudy"
"""Modalities that one study holds."""
_HOLDING = "(with | have | role:mention | of)"


def _described(found: SignMatch) -> Made:
    """`with "stroke protocol" in their description`."""
    (words,), (name,) = found.named["q"], found.named["d"]
    return (name, words)


RULES: tuple[Rule, ...] = (
    rule("{q:quoted} (in | as | on)+ linked* {d:(role:describe | role:series)}", _described),
    rule(f"(pick | last | lastroll) n (?! ({_COUNTED}))", _latest),
    rule("dmtype ((or | and | slash | comma)+ dmtype)* ent:condition", _typed),
    rule("dmtype (or | and | slash) ent:condition", _typed),
    rule("dmtype (or | and | slash) n ent:condition", _numbered),
    rule(f"dmtype (?= ($ | {_ENDS_NAMES}))", _type_of_diabetes),
    rule("spike (of | to | at | with)* (range:n | range:qu | n | qu)", _spiked),
    rule(
        "(after | before | since) {f:(soft | ver | newly)* (ent:condition | ent:word)} "
        f"(role:mention | role:test) (in | on | from | by) {{r:{_REPORT}}}",
        _mentioned,
    ),
    rule("ent:site (noun:proc | row:Procedure)", _removed),
    rule(
        f"row:ImagingStudy {_HOLDING}+ both? {{a:ent:modality}} noun:imaging? (and | plus | slash) both? "
        "{b:ent:modality} (noun:imaging | row:ImagingStudy)*",
        _in_study,
    ),
    rule(
        f"(ent:modality | row:ImagingStudy) {_BESIDE_PICTURES}* role:take "
        "(?= (during | in | on | within | before | after | at | from | for | of | stop | comma | $ | since))",
        lambda found: (*found.signs[:-1], found.signs[-1].read_as("role:image")),
    ),
    rule(f"row:ImagingStudy {_HOLDING} {{a:ent:modality}} noun:imaging", _of_modality),
)
"""Rules that come before all that read names."""
