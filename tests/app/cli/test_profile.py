"""`hilum profile` on a real graph: what is loaded is versioned, listed, and holds for what claims it."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.records import Records
from app.records.validate import ProfileLibrary
from app.records.write.terms import WritingTerms
from app.wiring import Wiring
from fhir_profiles.issues import InvalidResource
from tests.factories.fhir import encode, patient
from tests.factories.scopes import scope_of

Hilum = Callable[..., Result]
PROFILE = "http://example.org/StructureDefinition/named-patient"
COLOURS = "http://example.org/ValueSet/colours"
SYSTEM = "http://example.org/CodeSystem/colours"


def profile(least: int = 1) -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "url": PROFILE,
        "version": f"{least}",
        "name": "NamedPatient",
        "status": "active",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "derivation": "constraint",
        "differential": {
            "element": [
                {"id": "Patient", "path": "Patient"},
                {"id": "Patient.name", "path": "Patient.name", "min": least},
                {
                    "id": "Patient.maritalStatus",
                    "path": "Patient.maritalStatus",
                    "binding": {"strength": "required", "valueSet": COLOURS},
                },
            ]
        },
    }


DEFINITIONS = [
    profile(),
    {
        "resourceType": "ValueSet",
        "url": COLOURS,
        "status": "active",
        "compose": {"include": [{"system": SYSTEM}]},
    },
    {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "status": "active",
        "content": "complete",
        "concept": [{"code": "red", "concept": [{"code": "crimson"}]}],
    },
]


@pytest.fixture
def hilum(settings: dict[str, str]) -> Hilum:
    return lambda *arguments: CliRunner().invoke(main, ["profile", *map(str, arguments)], env=settings)


def package(path: Path, *documents: dict[str, Any]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for number, document in enumerate([*documents, patient()]):
            text = json.dumps(document).encode()
            member = tarfile.TarInfo(f"package/{number}.json")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return path


def test_a_package_is_loaded_once_and_again_where_it_changed(hilum: Hilum, tmp_path: Path) -> None:
    archive = package(tmp_path / "a.tgz", *DEFINITIONS)
    lines = tmp_path / "b.ndjson"
    lines.write_text("\n".join(json.dumps(each) for each in DEFINITIONS))

    assert hilum("load", archive).output == "3 new, 0 changed, 0 known, 0 refused\n"
    assert hilum("load", lines).output == "0 new, 0 changed, 3 known, 0 refused\n"
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "profile.json").write_text(json.dumps(profile(2)))
    assert hilum("load", tmp_path / "c").output == "0 new, 1 changed, 0 known, 0 refused\n"
    assert [line.split() for line in hilum("list").output.splitlines()] == [
        ["url", "version"],
        [PROFILE, "2"],
    ]
    assert COLOURS in hilum("list", "--type", "ValueSet").output


def test_what_is_wrong_is_named_and_the_rest_is_loaded(hilum: Hilum, tmp_path: Path) -> None:
    nameless = {name: value for name, value in profile().items() if name != "url"}
    wrong = {**profile(), "status": "brilliant"}
    result = hilum("load", package(tmp_path / "a.tgz", nameless, wrong, *DEFINITIONS[1:]))

    assert result.exit_code == 1
    assert "2 new, 0 changed, 0 known, 2 refused" in result.output
    assert "it has no url" in result.output
    assert "publication-status" in result.output
    (tmp_path / "d.tgz").write_bytes(b"no archive")
    assert "cannot be read" in hilum("load", tmp_path / "d.tgz").output


def test_what_nothing_can_be_checked_by_is_refused_with_its_reason(hilum: Hilum, tmp_path: Path) -> None:
    upon = {**profile(), "url": "urn:upon", "baseDefinition": PROFILE}
    lost = {**profile(), "url": "urn:lost", "baseDefinition": "urn:nowhere"}
    odd = {**profile(), "url": "urn:odd"}
    odd["differential"] = {"element": [{"path": "Patient.nickname", "min": 1}]}

    result = hilum("load", package(tmp_path / "a.tgz", upon, lost, odd, profile()))

    assert "2 new, 0 changed, 0 known, 2 refused" in result.output
    assert "refused StructureDefinition urn:lost|1: its base urn:nowhere is not known" in result.output
    assert "refused StructureDefinition urn:odd|1: there is no such element: Patient.nick" in result.output


def test_what_claims_a_loaded_profile_meets_it(
    hilum: Hilum, tmp_path: Path, services: Wiring, tenant: str
) -> None:
    claim = {"meta": {"profile": [f"{PROFILE}|1"]}}
    scope, moment = scope_of("clinician", tenant=tenant), [0.0]
    library = ProfileLibrary(services.resources, services.sites, lambda: moment[0])
    records = Records(services.resources, WritingTerms(services.sites.own, library))
    records.create(scope, "Patient", encode(claimed(claim)))
    hilum("load", package(tmp_path / "a.tgz", *DEFINITIONS))
    moment[0] += 2

    with pytest.raises(InvalidResource, match=r"1..\* demanded"):
        records.create(scope, "Patient", encode(claimed(claim)))
    grey = {"coding": [{"system": SYSTEM, "code": "grey"}]}
    with pytest.raises(InvalidResource, match="crimson, red"):
        records.create(scope, "Patient", encode(patient(**claim, maritalStatus=grey)))
    red = {"coding": [{"system": SYSTEM, "code": "crimson"}]}
    records.create(scope, "Patient", encode(patient(**claim, maritalStatus=red)))


def claimed(claim: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Patient", **claim}
