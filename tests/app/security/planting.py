"""Rows to be seen or not: a picture with its study and patient, a diagnosis, a job, under their own names."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from flask import Flask
from pydicom import dcmread
from werkzeug.test import TestResponse

from app.records.reporting.written import WRITTEN
from app.security.authorization.signing_in import BY_PASSWORD, SignedIn
from app.security.browser_sessions import WhichBrowser
from app.security.client_secrets import hash_secret
from app.security.roles import SHIPPED
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.accounts import AccountTerms, Granted
from graph.accounts.roles import role_from
from graph.clock import now
from graph.cohorts.records import AskedQuestion, CohortTerms
from graph.cohorts.saved import SavedCohortStore
from graph.errors import NotFound
from graph.jobs.records import Wanted
from graph.scope import AccessScope
from graph.session import Graph
from graph.studies.identity import OwnerDoubt
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import SNOMED, Resource, condition
from tests.factories.workitems import workitem

CONDITION, STUDY = "Condition", "ImagingStudy"
COOKIE = "hilum-8042"


@dataclass(frozen=True)
class Target:
    """The names of what a request reaches for, whether it is there or not."""

    mark: str
    patient: str
    imaging_study: str

    @property
    def study(self) -> str:
        return uid("study", self.mark)

    @property
    def series(self) -> str:
        return uid("series", self.study, "CT")

    @property
    def instance(self) -> str:
        return uid("instance", self.series, 1, "")

    @property
    def workitem(self) -> str:
        """The UID of a workitem that asks for a read of the picture."""
        return uid("workitem", self.mark)

    @property
    def condition(self) -> str:
        return f"{self.mark}-dx"

    @property
    def code(self) -> str:
        """The code of the diagnosis, which no other target has."""
        return f"{self.mark}-code"

    @property
    def file(self) -> bytes:
        """The picture; its patient's name is a canary."""
        return ct_instance(patient_id=self.mark, study_uid=self.study, PatientName=f"Canary^{self.mark}")

    @property
    def pixels(self) -> bytes:
        return bytes(dcmread(BytesIO(self.file)).PixelData)

    def diagnosis(self, **elements: Any) -> dict[str, Any]:
        return condition(f"Patient/{self.patient}", self.code, id=self.condition, **elements)

    def step(self) -> dict[str, Any]:
        """The data set of the workitem; the name of its patient is a canary."""
        return workitem(PatientID=self.mark, PatientName=f"Canary^{self.mark}", StudyInstanceUID=self.study)

    @property
    def twin(self) -> str:
        """The id of another Patient, who may be the same person."""
        return f"{self.mark}-twin"

    @property
    def task(self) -> str:
        """The id of a Task that asks whether they are."""
        return f"{self.mark}-task"

    @property
    def report(self) -> str:
        """The id of a report of the picture."""
        return f"{self.mark}-report"

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the longer ones first: what must not tell a hidden row from none."""
        uids = (self.study, self.series, self.instance, self.workitem)
        return (self.patient, self.imaging_study, *uids, self.mark)


@dataclass(frozen=True)
class Caller:
    """Who asks: the Authorization header and the cookie of a browser, or none; pages look at the cookie."""

    headers: Mapping[str, str]


class Planter:
    """Plants rows in one tenant through the gateway's own routes, and makes its callers."""

    def __init__(
        self, app: Flask, services: Wiring, tenant: str, told: dict[str, AccessScope] | None = None
    ) -> None:
        self.tenant = tenant
        self._told = {} if told is None else told
        self.client = app.test_client(use_cookies=False)  # each caller brings their own
        self._services = services
        self._scope = system_scope(tenant)
        self._numbers = count(1)
        self._named = 0
        self._guests: dict[tuple[str, tuple[Granted, ...]], Caller] = {}

    @property
    def scope(self) -> AccessScope:
        """The rights of the tenant's gateway itself."""
        return self._scope

    def caller(self, role: str, *grants: Granted) -> Caller:
        """A new user of a role with grants; of those without any one for each role."""
        return self._employed(role, grants) if grants else self.guest(role)

    def guest(self, role: str, *grants: Granted) -> Caller:
        """A user of a role with grants, the same one for the same grants: nobody changes what they are."""
        if (role, grants) not in self._guests:
            self._guests[role, grants] = self._employed(role, grants)
        return self._guests[role, grants]

    def _employed(self, role: str, grants: Sequence[Granted]) -> Caller:
        self._named = next(self._numbers)
        name = f"{role}-{self._named}"
        self._services.accounts.add(self._scope, name, role, None, now())
        for granted in grants:
            self._services.accounts.grant(self._scope, name, granted, now())
        token = self._services.issuer.issue(
            name, self.tenant, now=now() // 1_000_000, token_id=uuid4().hex, lifetime=36_000
        )
        return Caller({"Authorization": f"Bearer {token}", "Cookie": self._signed_in(name)})

    @property
    def graph(self) -> Graph:
        """Where the rows are."""
        return self._services.graph

    def merge(self, source: str, target: str) -> None:
        """Merge two patients."""
        self._services.identities.merge(self.scope, source, target)

    def of_rights(self, **rights: Any) -> Caller:
        """A clinician whose rights are changed like this; only where the app knows such callers."""
        name = f"Rights-{next(self._numbers)}"
        granted = frozenset({"imaging.read", "fhir.read", "fhir.write", "fhir.bulk", "cohort.query"})
        plain = AccessScope(self.tenant, name, "clinician", "TREAT", permissions=granted)
        self._told[name] = replace(plain, **rights)
        return Caller({"Authorization": name, "Cookie": f"{COOKIE}={name}"})

    def employed(self, *rows: str, **terms: Any) -> Caller:
        """A new user of a role of their own that reads what these sources of rows give, bound as `terms`."""
        name = f"employed-{next(self._numbers)}"
        form = {"name": name, "description": "", "purpose": "TREAT", "rows": rows}
        reads = ["imaging.read", "fhir.read", "feed.read"]
        self._services.roles.put(self._scope, role_from({**form, "actions": reads}), now())
        self._services.accounts.put(self._scope, name, AccountTerms(name, **terms), now())
        token = self._services.issuer.issue(
            name, self.tenant, now=now() // 1_000_000, token_id=uuid4().hex, lifetime=36_000
        )
        return Caller({"Authorization": f"Bearer {token}", "Cookie": self._signed_in(name)})

    def _signed_in(self, name: str) -> str:
        """The cookie of a browser where somebody is signed in; people of another tenant are so elsewhere."""
        if self.tenant != self._services.sites.own.tenant:
            return ""
        found, browser = SignedIn(name, (BY_PASSWORD,)), WhichBrowser("a test", "127.0.0.1")
        handle = self._services.browser_sessions.begin(found, browser, now())
        return f"{COOKIE}={handle.secret}"

    def in_role(self, role: str, target: Target) -> Caller:
        """A new user of a role whose rows hold the target, in whichever way the role comes by rows."""
        caller = self.caller(role, Granted(patient=target.patient), Granted(study=target.study))
        name = f"{role}-{self._named}"
        if role == "patient":
            terms = AccountTerms(role, fhir_user=f"Patient/{target.patient}")
            self._services.accounts.put(self._scope, name, terms, now())
        if role == "break-glass":
            why = {"reason": "ETREAT", "text": "an emergency of the test"}
            glass = {"patient": target.patient, **why}
            assert self.client.post("/break-glass", json=glass, headers=caller.headers).status_code == 201
        return caller

    def service_account(self, name: str, secret: str) -> None:
        """A client that may ask for tokens itself."""
        self._services.accounts.add(self._scope, name, "service", hash_secret(secret), now())

    def keep(self, *entries: Resource) -> None:
        """Write, or delete, what is kept for a reader, which the gateway alone does."""
        for each in entries:
            kind, _, name = each["request"]["url"].partition("/")
            if each["request"]["method"] == "DELETE":
                self._services.records.delete(self._scope, kind, name)
            else:
                self._services.records.update(self._scope, kind, name, json.dumps(each["resource"]).encode())

    def absent(self) -> Target:
        """Names under which nothing is."""
        return Target(f"m{uuid4().hex}", str(uuid4()), str(uuid4()))

    def plant(self) -> Target:
        """A target that is there."""
        mark, owner = f"m{uuid4().hex}", self.caller("superuser")
        stored = self.client.post(
            "/dicom-web/studies",
            data=Target(mark, "", "").file,
            headers={**owner.headers, "Content-Type": "application/dicom"},
        )
        assert stored.status_code == 200, stored.text
        found = self._found(owner, f"/fhir/ImagingStudy?identifier=urn:oid:{uid('study', mark)}")
        patient = found["subject"]["reference"].removeprefix("Patient/")
        target = Target(mark, patient, found["id"])
        put = self.client.put(
            f"/fhir/Condition/{target.condition}",
            json=target.diagnosis(),
            headers={**owner.headers, "Content-Type": "application/fhir+json"},
        )
        assert put.status_code == 201, put.text
        listed = self.client.post(
            f"/dicom-web/workitems?{target.workitem}",
            json=[target.step()],
            headers={**owner.headers, "Content-Type": "application/dicom+json"},
        )
        assert listed.status_code == 201, listed.text
        self._services.jobs.ask(self._scope, Wanted(mark, "planted"))
        return target

    def prepare(self, target: Target, what: str) -> None:
        """Make a `twin` of the patient, and `merge` both or `doubt` whose the twin's pictures are.

        Or write a `report` of the study, as the gateway would have it, or save a `cohort` of the diagnosis
        that is shared with every role.
        """
        if not what:
            return
        if what == "cohort":
            self._save(target)
            return
        if what == "report":
            self._put(_report(target))
            return
        self._put({"resourceType": "Patient", "id": target.twin})
        both = [{"reference": f"Patient/{each}"} for each in (target.twin, target.patient)]
        if what == "doubt":
            focus, chart = both
            asked = {"status": "requested", "intent": "order", "code": {"text": str(OwnerDoubt.CHART)}}
            self._put({"resourceType": "Task", "id": target.task, **asked, "focus": focus, "for": chart})
        if what == "merge":
            self._services.identities.merge(self.scope, target.twin, target.patient)

    def _save(self, target: Target) -> None:
        """Save the question after a target's diagnosis under its mark, once."""
        store = SavedCohortStore(self.graph)
        try:
            store.find(self._scope, target.mark)
        except NotFound:
            terms = CohortTerms("A cohort", roles=tuple(SHIPPED))
            question = AskedQuestion(cohort_question(target), "0" * 64)
            store.create(self._scope, target.mark, terms, question, now())

    def _put(self, resource: dict[str, Any]) -> None:
        path = f"/fhir/{resource['resourceType']}/{resource['id']}"
        headers = {**self.caller("superuser").headers, "Content-Type": "application/fhir+json"}
        answer = self.client.put(path, json=resource, headers=headers)
        assert answer.status_code in (200, 201), answer.text

    def delete(self, target: Target) -> None:
        """Delete the pictures of a target."""
        owner = self.caller("superuser")
        answer = self.client.delete(f"/dicom-web/studies/{target.study}", headers=owner.headers)
        assert answer.status_code == 204, answer.text

    def label(self, owner: Caller, study: str, target: Target, meta: Resource) -> None:
        """Store a picture of a patient in a study of their own, and label that."""
        headers = {**owner.headers, "Content-Type": "application/dicom"}
        file = ct_instance(patient_id=target.mark, study_uid=study, PatientName=f"Canary^{target.mark}")
        assert self.client.post("/dicom-web/studies", data=file, headers=headers).status_code == 200
        found = self._found(owner, f"/fhir/ImagingStudy?identifier=urn:oid:{study}")
        added = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": meta}]}
        answer = self.client.post(
            f"/fhir/ImagingStudy/{found['id']}/$meta-add",
            json=added,
            headers={**owner.headers, "Content-Type": "application/fhir+json"},
        )
        assert answer.status_code == 200, answer.text

    def version_of(self, target: Target) -> Any:
        """The version of the diagnosis, which a refused write leaves as it is."""
        return self._read(self.caller("superuser"), f"/fhir/Condition/{target.condition}")["meta"]

    def instances(self, target: Target) -> int:
        """How many pictures of the target are there."""
        answer = self.client.get(
            f"/dicom-web/studies/{target.study}/instances", headers=self.caller("superuser").headers
        )
        return len(answer.get_json() or ()) if answer.status_code == 200 else 0

    def _found(self, caller: Caller, path: str) -> Any:
        (entry,) = self._read(caller, path)["entry"]
        return entry["resource"]

    def _read(self, caller: Caller, path: str) -> Any:
        answer: TestResponse = self.client.get(path, headers=caller.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


def cohort_question(target: Target) -> dict[str, Any]:
    """The question after the diagnosis that no other target has."""
    return {
        "version": "1",
        "asOf": "2026-11-22",
        "conceptSets": {"dx": {"include": [{"system": SNOMED, "code": target.code}]}},
        "events": {"dx": {"kind": "condition", "codes": {"set": "dx"}}},
        "population": {"exists": "dx"},
        "output": {"grain": "patient", "rows": [{"resource": "Condition", "event": "dx", "as": "dx"}]},
    }


def _report(target: Target) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": target.report,
        "meta": {"tag": [WRITTEN]},
        "status": "preliminary",
        "code": {"text": "CT"},
        "subject": {"reference": f"Patient/{target.patient}"},
        "imagingStudy": [{"reference": f"ImagingStudy/{target.imaging_study}"}],
        "conclusion": "A nodule.",
    }
