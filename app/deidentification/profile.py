"""Table E.1-1 of PS3.15: what is done with each attribute that it names, by the options that were chosen.

`profile.json` is made by `distill.py`. Where the table leaves a choice (X/Z, X/D …), which depends on whether
an IOD requires the attribute, the last is done, which satisfies every IOD. Of several options one that keeps
goes before one that cleans, but options on dates alone say what becomes of dates.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from app.deidentification.options import ProfileOption

_CURVES, _OVERLAYS = 0x50, 0x60
_LAST = {"X/Z/U*": "U", "X/Z": "Z", "X/D": "D", "Z/D": "D", "X/Z/D": "D"}


class ProfileAction(StrEnum):
    """What is done with an attribute (PS3.15 table E.1-1a)."""

    KEEP = "K"
    CLEAN = "C"
    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    UID = "U"


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """A row of the table: what the Basic Profile does, and what options do instead."""

    basic: str
    options: Mapping[ProfileOption, ProfileAction]

    def action(self, chosen: frozenset[ProfileOption]) -> ProfileAction:
        """What is done where these options were chosen."""
        said = {option: action for option, action in self.options.items() if option in chosen}
        if ProfileOption.RETAIN_MODIFIED_DATES in said:
            return ProfileAction.CLEAN
        if ProfileOption.RETAIN_FULL_DATES in self.options and ProfileOption.RETAIN_FULL_DATES not in said:
            return self.plain
        for action in (ProfileAction.KEEP, ProfileAction.CLEAN):
            if action in said.values():
                return action
        return self.plain

    @property
    def plain(self) -> ProfileAction:
        """What the Basic Profile does."""
        return ProfileAction(_LAST.get(self.basic, self.basic))


@dataclass(frozen=True, slots=True)
class ConfidentialityProfile:
    """The table, and the private attributes that are safe, as (creator, group, last byte of the element)."""

    edition: str
    rules: Mapping[str, AttributeRule]
    safe_private: Mapping[tuple[str, int, int], str]

    def rule(self, tag: int) -> AttributeRule | None:
        """The row of an attribute; None where the table does not name it."""
        return self.rules.get(_row_of(tag))


def _row_of(tag: int) -> str:
    group = tag >> 24
    if group == _CURVES:
        return "50XXXXXX"
    if group == _OVERLAYS:
        return f"60XX{tag & 0xFFFF:04X}"
    return f"{tag:08X}"


@lru_cache(maxsize=1)
def confidentiality_profile() -> ConfidentialityProfile:
    """The table of this release."""
    read = json.loads(files("app.deidentification").joinpath("profile.json").read_text("utf-8"))
    rules = {row["tag"]: _rule(row) for row in read["attributes"]}
    return ConfidentialityProfile(
        read["edition"], rules, {_private(row): row["vr"] for row in read["safePrivate"]}
    )


def _rule(row: Mapping[str, Any]) -> AttributeRule:
    options = {ProfileOption(name): ProfileAction(row[name]) for name in row.keys() - {"tag", "basic"}}
    return AttributeRule(row["basic"], options)


def _private(row: Mapping[str, str]) -> tuple[str, int, int]:
    return row["creator"], int(row["tag"][:4], 16), int(row["tag"][-2:], 16)
