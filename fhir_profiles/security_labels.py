"""The security labels that rights know: how confidential a resource is, and what is delicate in it.

Confidentiality (v3-Confidentiality) is one ladder. Of v3-ActCode the policies of information sensitivity
(ValueSet v3-InformationSensitivityPolicy) count, each with those that it comprises.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

CodePair: TypeAlias = tuple[str, str]
"""A system ("" without one) and a code."""

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SENSITIVITY = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LADDER = ("U", "L", "M", "N", "R", "V")
"""From unrestricted to very restricted."""
NORMAL = "N"
"""What bears no confidentiality counts as this."""

_SUBSTANCE = ("SUD", "ETHUD", "OPIOIDUD")
COMPRISED: Mapping[str, tuple[str, ...]] = {
    "BH": ("COGN", "DVD", "EMOTDIS", "MH", "PSY", "PSYTHPN", *_SUBSTANCE, "ETH"),
    "ETH": _SUBSTANCE,
    "GDIS": (),
    "HIV": (),
    "MH": ("PSY", "PSYTHPN"),
    "MST": (),
    "SCA": (),
    "SDV": (),
    "SEX": (),
    "SPI": (),
    "STD": ("HIV",),
    "SUD": ("ETHUD", "OPIOIDUD"),
    "TBOO": (),
    "VIO": ("SDV",),
}
"""Sensitivities, and those that are part of each."""

DELICATE = frozenset({"R", "V", *COMPRISED, *(each for some in COMPRISED.values() for each in some)})
"""The codes that a role may be kept from: restricted and very restricted, and every sensitivity."""


KEPT_FOR = "urn:hilum:kept-for"
"""The system of the label that keeps a resource for one reader: its code is `Practitioner/<id>`."""


def kept_for(resource: Mapping[str, Any]) -> str | None:
    """For whom alone a resource is, as `Practitioner/<id>`; None for what is kept for nobody."""
    labels = (resource.get("meta") or {}).get("security") or ()
    return next((str(each.get("code")) for each in labels if each.get("system") == KEPT_FOR), None)


def coding_of(code: str) -> CodePair:
    """The system and the code of a label that is named by its code alone."""
    return (CONFIDENTIALITY if code in LADDER else SENSITIVITY), code


def withheld_from(seen: Iterable[str]) -> frozenset[CodePair]:
    """The labels that hide a resource from whom may see those of `seen` only; what they comprise is seen."""
    open_to = {label for code in seen for label in _comprised(coding_of(code))}
    if (CONFIDENTIALITY, "V") in open_to:
        open_to.add((CONFIDENTIALITY, "R"))
    return frozenset(map(coding_of, DELICATE)) - open_to


def meant(label: CodePair, *, higher: bool) -> frozenset[CodePair]:
    """The labels that a rule about one is for.

    Of confidentiality what is as low, or with `higher` as high; of sensitivity what it comprises.
    """
    system, code = label
    if system != CONFIDENTIALITY or code not in LADDER:
        return frozenset(_comprised(label))
    at = LADDER.index(code)
    return frozenset((CONFIDENTIALITY, each) for each in (LADDER[at:] if higher else LADDER[: at + 1]))


def _comprised(label: CodePair) -> Iterator[CodePair]:
    system, code = label
    yield label
    if system == SENSITIVITY:
        yield from ((SENSITIVITY, each) for each in COMPRISED.get(code, ()))
