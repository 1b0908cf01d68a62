"""Drugs by their common names: the one place at which the codes that systems have for a drug meet.

A code of a system of which no drug stands alone says what it is called, and so stands below that name here.
"""

from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.naming import name_form

DRUG, DRUG_CLASS = "urn:hilum:drug", "urn:hilum:drug-class"


def drug_named(name: str) -> Coding:
    """The drug of a name, whatever its spelling."""
    return DRUG, name_form(name)
