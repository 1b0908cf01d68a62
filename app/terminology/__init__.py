"""Terminology: what a code means, which set it is in, and what stands above and below it."""

from dataclasses import dataclass

from app.terminology.closures import Closures
from app.terminology.code_sets import TenantCodeSets
from app.terminology.code_systems import CodeSystems
from app.terminology.concept_maps import ConceptMaps
from app.terminology.library import Definitions
from app.terminology.membership import TenantMembership
from app.terminology.value_sets import ValueSets

__all__ = [
    "Closures",
    "CodeSystems",
    "ConceptMaps",
    "Definitions",
    "TenantCodeSets",
    "TenantMembership",
    "TerminologyUses",
    "ValueSets",
]


@dataclass(frozen=True, slots=True)
class TerminologyUses:
    """The use cases on terminology."""

    value_sets: ValueSets
    code_systems: CodeSystems
    concept_maps: ConceptMaps
    closures: Closures
