"""What is said of pictures and of dose in numbers and names: thickness, field strength, how many images."""

from dataclasses import dataclass

from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.patterns import Made, Rule, SignMatch, rule
from app.cohorts.plain_words.scanning.amounts import AmountKind
from app.cohorts.plain_words.scanning.signs import Sign, joined

_UNITS = {"sliceThickness": ("", "mm"), "fieldStrength": ("", "T")}
_LENGTHS = {"mm", "cm"}
_DOSE = {"ctdivol": "mGy", "dlp": "mGy.cm", "dap": "Gy.cm2", "effective": "mSv"}


@dataclass(frozen=True, slots=True)
class FeatureSaid:
    """A predicate of pictures (`sliceThickness` …) or a measure of dose (`dlp` …), and its comparison."""

    name: str
    bounds: tuple[Bound, ...] = ()

    @property
    def is_dose(self) -> bool:
        """Whether it is a measure of radiation dose."""
        return self.name in _DOSE

    @property
    def unit(self) -> str:
        """The unit of a bare number."""
        return _DOSE.get(self.name) or _UNITS.get(self.name, ("", ""))[1]


def _bounds(sign: Sign) -> tuple[Bound, ...]:
    if sign.kind == "range":
        bounds: tuple[Bound, ...] = sign.value
        return bounds
    if len(sign.value) > 1:
        return (Bound("between", sign.value[0], sign.value[1]),)
    return (Bound("eq", sign.value[0]),)


def _measured(found: SignMatch) -> Made:
    name = found.named["m"][0].detail_of("measure") or ""
    bounds = _bounds(found.named["x"][0])
    units = {each.amount.unit for each in bounds if each.amount.kind is AmountKind.MEASURED}
    if name == "instanceCount" and units and units <= _LENGTHS:
        name = "sliceThickness"  # `slices thinner than 1.25 mm`
    if name in _UNITS and not units <= set(_UNITS[name]) | (
        {"cm", "m"} if name == "sliceThickness" else set()
    ):
        return None
    return joined("feature", found.signs, FeatureSaid(name, bounds))


def _tesla(found: SignMatch) -> Made:
    bounds = _bounds(found.signs[0])
    if any(each.amount.unit != "T" for each in bounds):
        return None
    return joined("feature", found.signs, FeatureSaid("fieldStrength", bounds))


def _dose(found: SignMatch) -> Made:
    """`CT dose above 20 mSv`: what is measured by its unit."""
    bounds = _bounds(found.named["x"][0])
    names = [name for name, unit in _DOSE.items() if all(each.amount.unit == unit for each in bounds)]
    return joined("feature", found.signs, FeatureSaid(names[0], bounds)) if names else None


def _pieces(found: SignMatch) -> Made:
    bounds = _bounds(found.named["x"][0])
    name = {"image": "instanceCount", "series": "seriesCount"}.get(bounds[0].amount.unit)
    return None if name is None else joined("feature", found.signs, FeatureSaid(name, bounds))


def _pictures(found: SignMatch) -> Made:
    """`영상 500장 이상`: how many pictures."""
    bounds = _bounds(found.named["x"][0])
    if bounds[0].amount.unit != "1":
        return None
    return joined("feature", found.signs, FeatureSaid("instanceCount", bounds))


def _bare_dose(found: SignMatch) -> Made:
    name = found.signs[0].detail_of("measure") or ""
    return joined("feature", found.signs, FeatureSaid(name)) if name in _DOSE else None


_AMOUNTS = "(range:qu | range:n | qu | r:qu | r:n | n | range:qi | qi)"
RULES: tuple[Rule, ...] = (
    rule(f"{{m:measure}} open {{x:{_AMOUNTS}}} close", _measured),
    rule(f"{{m:measure}} (of | at | in | colon | past | cmp:eq)* {{x:{_AMOUNTS}}}", _measured),
    rule(
        "{x:(range:qu | qu | r:qu)} (thick | thin)? {m:(measure:sliceThickness | measure:instanceCount)}",
        _measured,
    ),
    rule("{x:(range:n | n)} {m:(measure:instanceCount | measure:seriesCount)}", _measured),
    rule("row:ImagingStudy {x:(range:qi | qi)}", _pictures),
    rule("{x:(range:qi | qi)}", _pieces),
    rule("(range:qu | qu | r:qu)", _tesla),
    rule("(noun:vaccine (of | at | cmp:eq)*)? {x:(range:qu | qu | r:qu)}", _dose),
    rule("measure", _bare_dose),
)
"""Rules that make a sign `feature`; its value is a `FeatureSaid`."""
