"""Names that mean another thing beside certain words: `former or current smoker`, `fever over 38.5`."""

from dataclasses import replace

from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.grammar.times import EVENT, TimeSaid
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.amounts import Amount, AmountKind
from app.cohorts.plain_words.scanning.signs import Sign, joined

_SMOKERS = ("current-smoker", "ex-smoker")
_FEVER, _TEMPERATURE = "fever", "body-temperature"
_LEAST_FEVER, _LEAST_FAHRENHEIT, _MOST_FEVER = 34, 93, 115
UNION = "union"
ANY_OPERATION = "anyoperation"
_BY = "on | with | from | by | bymaker | in | at"
_SUBSTANCES, _ALCOHOL = "substance-use-disorder", "alcohol-use-disorder"
_PACK_YEARS, _GESTATION = "pack-years", "gestational-age"
_PICTURES = "(contrast | lat | ent:site | soft)*"
KIN_OR = "+"
_CONTRASTS = ("contrast-medium", "iodinated-contrast", "gadolinium-contrast")
_TO_NUMBERS = "(of | at | in | past | colon | with | open | to | cmp:eq | dash | noun)*"
_HAD = "(have | with | pron | who | of | role:dx | role:suffer | role:develop | from)"


def _ids(sign: Sign) -> set[str]:
    rows = sign.value if isinstance(sign.value, tuple) else ()
    return {row.id for row in rows if isinstance(row, LexiconRow)}


def _smokers(found: SignMatch) -> Made:
    """Smokers of now and of before."""
    if not _ids(found.named["s"][0]) & set(_SMOKERS):
        return None
    rows = Lexicon.shipped().rows
    some = tuple(rows[each] for each in _SMOKERS if each in rows)
    said = joined("ent:state", found.signs, some)
    return said.read_as("ent:state", UNION)


def _life(found: SignMatch) -> Made:
    """The dead and the living are told apart by themselves."""
    sign = found.signs[0]
    kinds = {"deceased": "dead", "alive": "alive"}
    found_as = {kinds.get(each, "") for each in _ids(sign)}
    (only,) = found_as if len(found_as) == 1 else ("",)
    return sign.read_as(only) if only else None


def _temperature(found: SignMatch) -> Made:
    """A fever in numbers is a temperature."""
    fever, *between, amount = found.signs
    bounds = amount.value
    number = bounds[0].amount.number
    row = Lexicon.shipped().rows.get(_TEMPERATURE)
    named = _FEVER in _ids(fever) or _ids(fever) == {_TEMPERATURE}
    if any(each.kind == "acmp" for each in amount.parts):
        return None
    if row is None or not named or not _LEAST_FEVER <= number <= _MOST_FEVER:
        return None
    if not fever.has("ent:lab"):
        fever = Sign(("ent:lab",), fever.start, fever.end, (row,))
    return (fever, *between, _in_fahrenheit(amount) if number >= _LEAST_FAHRENHEIT else amount)


def _in_fahrenheit(said: Sign) -> Sign:
    """The comparison of a temperature that nobody has in Celsius."""
    if said.kind != "range" or any(each.amount.unit not in ("", "Cel") for each in said.value):
        return said
    bounds = tuple(
        replace(each, amount=_of_fahrenheit(each.amount), high=each.high and _of_fahrenheit(each.high))
        for each in said.value
    )
    return replace(said, symbols=("range:qu",), value=bounds)


def _of_fahrenheit(amount: Amount) -> Amount:
    return Amount(amount.number, AmountKind.MEASURED, "[degF]")


def _with_contrast(found: SignMatch) -> Made:
    """`abdominal CT, contrast agent given`: how the pictures were taken, and no drug."""
    (agent,) = found.named["d"]
    if not _ids(agent) & set(_CONTRASTS):
        return None
    denied = found.one("n") is not None or found.one("not") is not None
    (first, *between) = found.signs[: found.signs.index(agent)]
    kept = [each for each in between if each is not found.one("n")]
    while kept and kept[-1].kind in ("comma", "with", "pron", "have", "open"):
        kept.pop()
    parts = tuple(found.signs[1 + len(kept) :])
    name = "contrast:no" if denied else "contrast:yes"
    return (first, *kept, Sign((name,), agent.start, agent.end, None, parts))


def _relatives(found: SignMatch) -> Made:
    """`mother or sister had`: the family history of any of them."""
    names = dict.fromkeys(each.detail for each in found.signs if each.kind in ("kin", "kinw"))
    return joined(f"kin:{KIN_OR.join(names)}", found.signs)


def _weeks(found: SignMatch) -> Made:
    """`임신 20주 이상`: how far a pregnancy is."""
    pregnant, *between, weeks = found.signs
    row = Lexicon.shipped().rows.get(_GESTATION)
    amounts = [bound.amount for bound in weeks.value] if weeks.kind == "range" else list(weeks.value)
    if row is None or "pregnant" not in _ids(pregnant) or {each.unit for each in amounts} != {"wk"}:
        return None
    return (Sign(("ent:lab",), pregnant.start, pregnant.end, (row,)), *between, weeks)


def _shown_by(found: SignMatch) -> Made:
    """`stroke confirmed on CT`: there has to be such a CT, too."""
    sign = found.signs[0]
    return Sign(("with",), sign.start, found.signs[-1].end, None, found.signs)


def _switched(found: SignMatch) -> Made:
    """`switched from warfarin to apixaban`: the second after the first."""
    first, second = found.named["a"], found.named["b"]
    parts = tuple(each for each in found.signs if not each.has("ent"))
    after = Sign(("rel",), parts[0].start, parts[-1].end, TimeSaid({"after": EVENT}), parts)
    return (*second, after, *first) if found.signs[0].has("switch") else (*first, after, *second)


def _imaged(found: SignMatch) -> Made:
    """`imaging of the left shoulder`: pictures of it."""
    what = found.signs[0]
    named = tuple(each for each in found.signs[1:] if each.kind != "of")
    return (*named, Sign(("row:ImagingStudy",), what.start, what.end))


def _pack_years(found: SignMatch) -> Made:
    """`a smoking history of at least 10 pack-years`: what is counted is the unit itself."""
    amount = found.signs[-1]
    bounds = amount.value if amount.kind == "range" else ()
    units = {each.amount.unit for each in bounds} or {each.unit for each in amount.value}
    row = Lexicon.shipped().rows.get(_PACK_YEARS)
    if units != {"{PackYears}"} or row is None:
        return None
    before = tuple(each for each in found.signs[:-1] if not each.has("ent"))
    return (
        *before,
        Sign(("ent:lab",), found.signs[0].start, amount.start, (row,), found.signs[:-1] or (amount,)),
        amount,
    )


def _operated(found: SignMatch) -> Made:
    """`thyroid cancer surgery`: an operation, whichever, of who has the disease."""
    disease, noun = found.signs[-2:]
    if noun.symbols != ("noun:proc",):
        return None
    done = noun.read_as("row:Procedure", ANY_OPERATION)
    if len(found.signs) == len(("disease", "noun")):
        return (disease, done)
    return (found.signs[0], done, Sign(("for",), disease.start, disease.start + 1), disease)


def _abused(found: SignMatch) -> Made:
    """`drug or alcohol abuse`: the first is abused, too."""
    drug, *between, alcohol = found.signs
    row = Lexicon.shipped().rows.get(_SUBSTANCES)
    if row is None or _ALCOHOL not in _ids(alcohol):
        return None
    return (Sign(("ent:condition",), drug.start, drug.end, (row,)), *between, alcohol)


def _scanner(found: SignMatch) -> Made:
    """`on a Siemens scanner`: the maker, and nothing more."""
    maker = found.named["m"][0]
    return Sign(maker.symbols, found.signs[0].start, found.signs[-1].end, maker.value, found.signs)


RULES: tuple[Rule, ...] = (
    rule("(ent:state (of | past | with | at)*)? (range:qu | qu | r:qu)", _pack_years),
    rule(
        f"ver:confirmed (by | on | with | in | from) (?= {_PICTURES} (ent:modality | ent:procedure))",
        _shown_by,
    ),
    rule("switch (ent:drug)? from {a:ent:drug} (to | onto) {b:ent:drug}", _switched),
    rule(
        "(role:image | row:ImagingStudy of) {d:lat}? {s:ent:site} "
        "(?! (ent:modality | noun:imaging | ent:site))",
        _imaged,
    ),
    rule("switch (to | onto) (?= ent:drug)", lambda found: found.signs[0].read_as("role:start")),
    rule("{a:ent:drug} (in | from) {b:ent:drug} (to | j)? switch", _switched),
    rule(
        f"({_BY} | role:image | role:undergo) {{m:maker}} noun:imaging (?! ent)",
        _scanner,
    ),
    rule(
        f"(kinw | kin) ((or | and | slash | comma)+ (kinw | kin))* {_HAD}* "
        "(?= (soft | past | newly)* (ent | samething))",
        _relatives,
    ),
    rule("row:MedicationRequest (or | and | slash) ent:condition", _abused),
    rule("past:either {s:ent:state}", _smokers),
    rule("ent:state (range:qt | r:qt) (?! (within | during | ago | before | after | since))", _weeks),
    rule("asof (of | with) (?= ent:drug)", lambda found: joined("role:start", found.signs)),
    rule("(past | current | last) (or | and | slash | comma) {s:ent:state}", _smokers),
    rule("ent:state", _life),
    rule(
        "ent:modality (noun:imaging | row:ImagingStudy | ent:site | lat | of)* "
        "(comma | with | pron | have | open | role:rx)* {n:neg}? {d:ent:drug} "
        "({not:neg}? (role:rx | role:take | role:undergo) | noun:drug)? close? "
        "(?= ($ | comma | stop | semi | in | of | subj | pron | and | or))",
        _with_contrast,
    ),
    rule(f"(ent:condition | ent:lab) {_TO_NUMBERS} (range:n | range:qu)", _temperature),
)
"""Rules that give a name another meaning."""
LATE: tuple[Rule, ...] = (
    rule("rel ent:condition noun:proc", _operated),
    rule("ent:condition noun:proc", _operated),
)
"""Rules of the same kind that come once times are known."""
