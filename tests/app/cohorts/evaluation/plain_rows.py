"""What one resource says of an event by itself, read off its JSON: its codes, results, pictures and words."""

from typing import Any

from tests.factories.fhir import Resource

NO, UNKNOWN, YES = 0, 1, 2
NEVER = {
    "condition": {"verification": ("refuted", "entered-in-error")},
    "observation": {"status": ("entered-in-error", "cancelled", "registered")},
    "medication": {"status": ("entered-in-error", "draft"), "intent": ("proposal", "plan", "option")},
    "procedure": {"status": ("entered-in-error", "not-done", "preparation")},
    "encounter": {"status": ("entered-in-error", "cancelled", "planned")},
    "allergy": {"verification": ("refuted", "entered-in-error")},
    "imaging": {"status": ("entered-in-error", "cancelled")},
    "report": {"status": ("entered-in-error", "cancelled")},
}
TOKENS = ("verification", "clinicalStatus", "status", "intent", "class", "modality")
BELOW = {("http://snomed.info/sct", "21708004"): {"307576001", "21708004"}}


def filters(event: dict[str, Any], kind: str, resource: Resource) -> int:
    truths = [YES]
    for name, codes in NEVER[kind].items():
        if name not in event and _token(resource, name) & set(codes):
            return NO
    for name in TOKENS:
        if name in event and not (kind == "imaging" and name == "modality" and _asks_series(event)):
            has = _token(resource, name)
            truths.append(YES if has & set(event[name]) else NO if has else UNKNOWN)
    if "codes" in event:
        wanted = set()
        for each in event["codes"]:
            wanted |= (
                BELOW.get((each.get("system"), each["code"]), {each["code"]})
                if each.get("descendants")
                else {each["code"]}
            )
        truths.append(YES if _codes(resource) & wanted else NO)
    if kind == "imaging":
        truths.append(_pictures(event, resource))
        if "modality" in event and _asks_series(event):
            has = _token(resource, "modality")
            truths.append(YES if has & set(event["modality"]) else NO if has else UNKNOWN)
    if "text" in event:
        truths.append(_words(event["text"], resource))
    return min(truths)


def _token(resource: Resource, name: str) -> set[str]:
    if name in ("verification", "clinicalStatus"):
        concept = resource.get({"verification": "verificationStatus"}.get(name, name), {})
        return {each["code"] for each in concept.get("coding", [])}
    if name == "class":
        return {resource["class"]["code"]} if "class" in resource else set()
    if name == "modality":
        series = [each["modality"]["code"] for each in resource.get("series", []) if "modality" in each]
        return {each["code"] for each in resource.get("modality", [])} | set(series)
    return {resource[name]} if name in resource else set()


def _codes(resource: Resource) -> set[str]:
    concepts = [resource.get("code"), resource.get("medicationCodeableConcept")]
    concepts += [each.get("code") for each in resource.get("component", [])]
    return {coding["code"] for each in concepts if each for coding in each.get("coding", [])}


SERIES_WORDS = {
    "manufacturer": "Manufacturer",
    "protocol": "ProtocolName",
    "seriesDescription": "SeriesDescription",
}
SERIES_NUMBERS = {"sliceThickness": "SliceThickness", "fieldStrength": "MagneticFieldStrength"}


def _asks_series(event: dict[str, Any]) -> bool:
    return bool(event.keys() & {*SERIES_WORDS, *SERIES_NUMBERS, "contrast"})


def _pictures(event: dict[str, Any], study: Resource) -> int:
    """`_series` holds what the files of each series say, by keyword; a study without files has none."""
    asked = [(name, event[name]) for name in (*SERIES_WORDS, *SERIES_NUMBERS, "contrast") if name in event]
    if not asked:
        return YES
    series = study.get("_series", [])
    if event.get("level") == "study":
        return min(max((_on_series(each, one) for one in series), default=NO) for each in asked)
    if "modality" in event:
        asked.append(("modality", event["modality"]))
    return max((min(_on_series(each, one) for each in asked) for one in series), default=NO)


def _on_series(asked: tuple[str, Any], series: dict[str, Any]) -> int:
    name, value = asked
    if name == "modality":
        return YES if series["Modality"] in value else NO
    if name == "contrast":
        agent = series.get("ContrastBolusAgent")
        if value == "unknown":
            return YES if agent is None else NO
        if agent is None:
            return UNKNOWN
        return YES if (agent.lower() not in ("none", "no")) is value else NO
    if name in SERIES_WORDS:
        held = series.get(SERIES_WORDS[name])
        return UNKNOWN if held is None else YES if value.lower() in held.lower() else NO
    held = series.get(SERIES_NUMBERS[name])
    return UNKNOWN if held is None else YES if _compares(value, held, held) == YES else NO


FACTORS = {
    ("umol/L", "mg/dL"): 113.12 / 10_000,
    ("mg/dL", "umol/L"): 10_000 / 113.12,
    ("g/L", "mg/dL"): 100.0,
}


def value_truth(event: dict[str, Any], resource: Resource) -> int:
    asked = event.get("value")
    if asked is None:
        return YES
    wanted = {each["code"] for each in event.get("codes", [])}
    parts = [resource, *resource.get("component", [])]
    if wanted:
        parts = [each for each in parts if {c["code"] for c in each["code"]["coding"]} & wanted]
    if asked["op"] == "in":
        codes = {each["code"] for each in asked["codes"]}
        held = [c["code"] for each in parts for c in each.get("valueCodeableConcept", {}).get("coding", [])]
        every = [resource, *resource.get("component", [])]
        any_coded = any("valueCodeableConcept" in each for each in every)
        return YES if codes & set(held) else NO if any_coded else UNKNOWN
    if asked["op"] in ("abnormal", "high", "low", "normal"):
        return _grade(asked["op"], parts)
    values = [each["valueQuantity"] for each in parts if "value" in each.get("valueQuantity", {})]
    return max((_measured(asked, each) for each in values), default=UNKNOWN)


def _measured(asked: dict[str, Any], quantity: dict[str, Any]) -> int:
    number, unit = quantity["value"], quantity.get("code") or quantity.get("unit")
    if "unit" in asked:
        if unit is None:
            return UNKNOWN
        number *= 1.0 if unit == asked["unit"] else FACTORS[unit, asked["unit"]]
    below = quantity.get("comparator") == "<"
    return _compares(asked, float("-inf") if below else number, number)


def _compares(asked: dict[str, Any], low: float, high: float) -> int:
    op, value = asked["op"], asked["value"]
    near = lambda one, other: abs(one - other) <= 1e-9 * max(abs(one), abs(other))  # noqa: E731
    holds = {
        "gt": lambda number: number > value and not near(number, value),
        "ge": lambda number: number >= value or near(number, value),
        "lt": lambda number: number < value and not near(number, value),
        "le": lambda number: number <= value or near(number, value),
        "eq": lambda number: near(number, value),
        "ne": lambda number: not near(number, value),
        "between": lambda number: (
            (number >= value[0] or near(number, value[0])) and (number <= value[1] or near(number, value[1]))
        ),
    }[op]
    if low == high:
        return YES if holds(low) else NO
    inner = [high, -1e12]
    if op == "ne":
        return YES if value > high else UNKNOWN
    if op == "eq":
        return UNKNOWN if value <= high else NO
    truths = [holds(each) for each in inner]
    if op == "between":
        return UNKNOWN if value[0] <= high else NO
    return YES if all(truths) else UNKNOWN if any(truths) else NO


def _grade(grade: str, parts: list[dict[str, Any]]) -> int:
    said: set[str] = set()
    for part in parts:
        codes = {c["code"] for each in part.get("interpretation", []) for c in each.get("coding", [])}
        own = {
            name
            for name, ones in {"high": {"H"}, "low": {"L"}, "abnormal": {"A"}, "normal": {"N"}}.items()
            if codes & ones
        }
        number = part.get("valueQuantity", {}).get("value")
        if not own and number is not None and part.get("referenceRange"):
            low, high = (part["referenceRange"][0].get(end, {}).get("value") for end in ("low", "high"))
            own = (
                {"low"}
                if low is not None and number < low
                else {"high"}
                if high is not None and number > high
                else {"normal"}
            )
        said |= own
    if said & {"high", "low"}:
        said.add("abnormal")
    return YES if grade in said else UNKNOWN if not said else NO


def _words(asked: dict[str, Any], report: Resource) -> int:
    """Of sentences that were made for it: `WORD is seen.`, `No WORD.`, `Possible WORD.`, in `_said`."""
    said: dict[str, list[str]] = report["_said"]
    if not said:
        return UNKNOWN
    assertion = asked.get("assertion", "affirmed")

    def truth(word: str) -> int:
        how = said.get(word, [])
        if assertion == "affirmed":
            return YES if "affirmed" in how else UNKNOWN if "uncertain" in how else NO
        return YES if (how if assertion == "any" else assertion in how) else NO

    truths = [truth(each) for each in asked.get("all", [])]
    if "any" in asked:
        truths.append(max(truth(each) for each in asked["any"]))
    truths += [YES - truth(each) for each in asked.get("none", [])]
    return min(truths)
