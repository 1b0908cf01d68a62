"""What OpenAPI says of DICOMweb holds: each example gets its status, each parameter is one."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.http.kit.openapi import specification
from app.samples import build_samples
from app.samples.example import PICTURE
from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import store

pytestmark = pytest.mark.usefixtures("renderers")

AS_OF = date(2026, 11, 22)
BASE = "http://127.0.0.1:8042"
COMMAND = re.compile(r"```sh\n(curl .*)\n```")
SHELL = re.compile(r"```sh\n(.*?)\n```", re.DOTALL)
PAGE = Path(__file__).parents[4] / "docs" / "pictures.md"
ERRORS = "application/problem+json"
ELSEWHERE = ("/dicom-web/changefeed", "/dicom-web/subscribers")
"""What other tests ask: a channel stays open."""


@dataclass(frozen=True)
class Described:
    """One operation of the document."""

    method: str
    path: str
    says: Mapping[str, Any]

    @property
    def example(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.says["x-example"]
        return found

    @property
    def order(self) -> tuple[bool, str, str]:
        """What deletes or ends comes last, and after each what brings it back."""
        removes = self.method == "delete" or self.path.endswith(("$restore", "cancelrequest"))
        return removes, self.path.removesuffix("/$restore"), self.method


@pytest.fixture(scope="module")
def services(gateway: Wiring) -> Wiring:
    """One gateway for the module: what is stored does no harm to who asks for something else."""
    return gateway


@pytest.fixture(scope="module")
def app(services: Wiring) -> Flask:
    return web_app(services)


@pytest.fixture(scope="module")
def operations(app: Flask) -> list[Described]:
    """What the document says of DICOMweb."""
    paths = specification(app)["paths"]
    found = [
        Described(method, path, says)
        for path, item in paths.items()
        if path.startswith("/dicom-web") and not path.startswith(ELSEWHERE)
        for method, says in item.items()
        if method != "parameters"
    ]
    return sorted(found, key=lambda each: each.order)


@pytest.fixture
def loaded(client: FlaskClient, as_role: AsRole) -> None:
    """The study of the sample data that the examples are about."""
    (file,) = build_samples(AS_OF).study(PICTURE.patient_id.lower(), 1)
    assert PICTURE.study.encode() in file
    assert store(client, as_role, file).status_code == 200


def sent(client: FlaskClient, as_role: AsRole, asked: Described) -> TestResponse:
    body = asked.says.get("requestBody", {}).get("content", {}).get("application/dicom+json", {})
    return client.open(
        asked.example["path"],
        method=asked.method.upper(),
        headers={**as_role("superuser"), **asked.example["headers"]},
        json=body.get("example"),
        buffered=True,
    )


@pytest.mark.usefixtures("loaded")
def test_every_example_gets_the_status_that_it_promises(
    client: FlaskClient, as_role: AsRole, operations: list[Described]
) -> None:
    for each in operations:
        answer = sent(client, as_role, each)

        assert answer.status_code == each.example["status"], (each.method, each.path, answer.text)
        promised = each.says["responses"][str(answer.status_code)].get("content", {})
        if answer.data:
            assert answer.mimetype in {name.partition(";")[0] for name in promised}, each.path


def test_every_example_is_a_command_that_can_be_copied(operations: list[Described]) -> None:
    for each in operations:
        (command,) = COMMAND.findall(each.says["description"])
        words = shlex.split(command)

        assert words[-1] == f"{BASE}{each.example['path']}"
        assert (("-X" in words and words[words.index("-X") + 1]) or "GET") == each.method.upper()
        headers = {after for word, after in pairwise(words) if word == "-H"}
        assert headers >= {f"{name}: {value}" for name, value in each.example["headers"].items()}
        assert ("Authorization: Bearer $TOKEN" in headers) is ("security" in each.says)


def test_every_example_is_said_of_its_parameters_too(operations: list[Described]) -> None:
    """A page fills them in for who tries it."""
    for each in operations:
        parameters = each.says.get("parameters", ())
        said = {one["name"]: str(one["example"]) for one in parameters if "example" in one}
        path, _, query = each.example["path"].partition("?")
        in_path = {name for name in said if f"{{{name}}}" in each.path}

        assert each.path.format(**said) == path
        assert {name: value for name, value in said.items() if name not in in_path} == dict(parse_qsl(query))


def test_every_operation_says_what_can_go_wrong(operations: list[Described]) -> None:
    names = [each.says["operationId"] for each in operations]
    assert len(names) == len(set(names))
    for each in operations:
        failures = {
            status: said
            for status, said in each.says["responses"].items()
            if ERRORS in said.get("content", {})
        }
        assert failures.keys() >= {"default", "406" if each.method == "options" else "400"}, each.path
        if "security" in each.says:
            assert failures.keys() >= {"401", "403"}


@pytest.mark.usefixtures("loaded")
def test_every_example_of_the_page_on_pictures_runs(client: FlaskClient, as_role: AsRole) -> None:
    variables, commands = {"TOKEN": ""}, []
    for line in chain.from_iterable(each.splitlines() for each in SHELL.findall(PAGE.read_text("utf-8"))):
        if line.startswith("curl "):
            commands.append(shlex.split(Template(line).substitute(variables)))
        elif "$(" not in line:
            name, _, value = line.partition("=")
            variables[name] = Template(value).substitute(variables).strip('"')
    for words in commands:
        headers = dict(after.split(": ", 1) for word, after in pairwise(words) if word == "-H")
        answer = client.get(
            words[-1].removeprefix(BASE), headers={**headers, **as_role("clinician")}, buffered=True
        )

        assert answer.status_code == (206 if "Range" in headers else 200), (words, answer.text)
        assert answer.data
    assert (variables["STUDY"], len(commands)) == (PICTURE.study, 18)


@pytest.mark.usefixtures("loaded")
def test_every_parameter_of_a_search_is_one(
    client: FlaskClient, as_role: AsRole, operations: list[Described]
) -> None:
    """An empty key matches everything, and a name that is none would be refused."""
    values = {"integer": "1", "boolean": "false"}
    searches = [each for each in operations if each.says["operationId"].startswith("SearchFor")]
    for each in searches:
        named = [said for said in each.says["parameters"] if said["in"] == "query"]
        query = {said["name"]: values.get(said["schema"]["type"], "") for said in named}
        path = each.example["path"].partition("?")[0]
        answer = client.get(
            f"{path}?{urlencode(query | {'charset': 'utf-8', 'offset': '0'})}", headers=as_role("clinician")
        )

        assert (answer.status_code, len(answer.get_json() or [])) == (200, 1), answer.text
        assert {"PatientName", "StudyDate", "limit", "includefield"} <= query.keys()
    assert len(searches) == 6


@pytest.mark.usefixtures("loaded")
def test_every_parameter_of_a_picture_is_read(
    client: FlaskClient, as_role: AsRole, operations: list[Described]
) -> None:
    (rendered,) = [each for each in operations if each.says["operationId"] == "RetrieveInstanceRendered"]
    names = [said["name"] for said in rendered.says["parameters"] if said["in"] == "query"]
    path = rendered.example["path"].partition("?")[0]
    for name in names:
        if name != "accept":
            answer = client.get(path, headers=as_role("clinician"), query_string={name: "%"})

            assert (answer.status_code, answer.get_json()["location"]) == (400, [name])
    assert {"viewport", "window", "quality", "annotation", "iccprofile", "overlays"} <= set(names)
