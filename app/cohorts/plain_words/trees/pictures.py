"""Events of pictures: what modality, of which part of the body, how they were taken, what one study holds."""

from app.cohorts.plain_words.grammar import doubts
from app.cohorts.plain_words.grammar.facts import Fact
from app.cohorts.plain_words.grammar.features import FeatureSaid
from app.cohorts.plain_words.linking.coding import DICOM, JsonObject
from app.cohorts.plain_words.trees.protocol import Building
from app.cohorts.plain_words.trees.values import number_of

_HYBRID = "pet-ct"


def imaging(fact: Fact, building: Building) -> JsonObject:
    """The event of pictures, without its times and its kind."""
    made: JsonObject = {}
    _described(fact, made, building)
    if fact.in_one or _is_hybrid(fact, building):
        _in_one_study(fact, made, building)
    else:
        codes = [each.code for each in building.linker.codes(fact.modalities) if each.system == DICOM]
        made |= {"modality": list(dict.fromkeys(codes))} if codes else {}
    sites = tuple(row for rows in fact.sites for row in rows[:1])
    if sites:
        made["bodySite"] = building.codes(fact, sites, "bodySite")
    if fact.laterality:
        made["laterality"] = [fact.laterality]
    if fact.contrast:
        made["contrast"] = {"yes": True, "no": False}.get(fact.contrast, "unknown")
    if fact.makers:
        made["manufacturer"] = fact.makers[0]
    for each in fact.features:
        if not each.is_dose:
            made[each.name] = _compared(each)
    if fact.described:
        made["description"] = fact.described[0]
    if fact.series:
        made["seriesDescription"] = fact.series[0]
    return made


def _is_hybrid(fact: Fact, building: Building) -> bool:
    """Whether a PET/CT is to be a study that holds both; it is any PET unless somebody chooses so."""
    if [row.id for row in fact.modalities] != [_HYBRID]:
        return False
    return building.choices.pick("hybrid", fact.start, doubts.HYBRID, doubts.HYBRIDS) == "both"


def _in_one_study(fact: Fact, made: JsonObject, building: Building) -> None:
    """Ask for studies that hold each of several modalities."""
    held = fact.modalities if fact.in_one else [building.linker.lexicon.rows[each] for each in ("ct", "pet")]
    tags = []
    for row in held:
        codes = [each.code for each in building.linker.codes([row]) if each.system == DICOM]
        value = {"op": "in", "value": codes} if codes[1:] else {"op": "eq", "value": codes[0]}
        tags.append({"tag": "ModalitiesInStudy", **value})
    made |= {"level": "study", "tags": tags}


def _described(fact: Fact, made: JsonObject, building: Building) -> None:
    """Tell that DICOM has no code for some pictures, such as CT angiographies."""
    told = [row for row in fact.modalities if row.description]
    if len(fact.modalities) != 1 or not told or fact.described:
        return
    word = told[0].description[0]
    ways = [
        doubts.way("any", "any of the modality", "그 모달리티의 모든 검사"),
        doubts.way("described", f"only those described as “{word}”", f"설명에 “{word}”가 있는 것만"),
    ]
    if building.choices.pick("described", fact.start, doubts.DESCRIBED, ways) == "described":
        made["description"] = word


def _compared(feature: FeatureSaid) -> JsonObject:
    bounds = feature.bounds
    factor = {"cm": 10, "m": 1000}
    numbers = [
        number_of(number * factor.get(bound.amount.unit, 1))
        for bound in bounds
        for number in (bound.amount.number, *([bound.high.number] if bound.high else []))
    ]
    if len(numbers) == 1:
        return {"op": bounds[0].op, "value": numbers[0]}
    return {"op": "between", "value": sorted(numbers)}
