"""Person names: DICOM PN to and from HumanName (PS3.5 section 6.2.1, FHIR R4 datatypes.html#humanname)."""

import re
from collections.abc import Mapping
from typing import Any

from fhir_profiles.mapping.dicom_values import text

REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_GROUPS = ("ABC", "IDE", "SYL")  # alphabetic, ideographic, phonetic
# Hangul, kana and Han: who writes a name in these says the family name first.
_FAMILY_FIRST = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)


def human_names(value: object) -> list[dict[str, Any]]:
    """A HumanName for each component group of the first value that holds a name."""
    written = value[0] if isinstance(value, list | tuple) and value else value
    groups = str(written or "").partition("\\")[0].split("=")
    named = [
        (representation, name)
        for representation, group in zip(_GROUPS, groups, strict=False)
        if (name := _name(group))
    ]
    if [representation for representation, _ in named] != ["ABC"]:
        for representation, name in named:
            name["extension"] = [{"url": REPRESENTATION, "valueCode": representation}]
    return [name for _, name in named]


def display(value: object) -> str | None:
    """A name as one reads it: prefix, given names, family name, suffix; in Han, kana or Hangul family first.

    None where there is no name.
    """
    for name in human_names(value):
        family, given = [name["family"]] if "family" in name else [], name.get("given", [])
        ordered = (family, given) if any(map(_FAMILY_FIRST.search, family)) else (given, family)
        parts = (name.get("prefix", []), *ordered, name.get("suffix", []))
        return " ".join(part for each in parts for part in each)
    return None


def person_name(name: Mapping[str, Any]) -> str:
    """A HumanName as the component group `Family^Given^Middle`; its text where it has no parts."""
    given = [each for each in name.get("given", ()) if isinstance(each, str)]
    parts = [str(name.get("family", "")), *given[:1], " ".join(given[1:])]
    return "^".join(parts).rstrip("^") or str(name.get("text", ""))


def _name(group: str) -> dict[str, Any]:
    family, given, middle, prefix, suffix = ([text(part) for part in group.split("^")] + [None] * 5)[:5]
    parts: dict[str, Any] = {
        "family": family,
        "given": [part for part in (given, middle) if part],
        "prefix": [prefix] if prefix else None,
        "suffix": [suffix] if suffix else None,
    }
    return {key: part for key, part in parts.items() if part}
