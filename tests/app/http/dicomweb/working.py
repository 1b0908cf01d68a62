"""Requests for workitems, as a client sends them."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.workitems import dataset, new_uid, tag, workitem

WORKITEMS = "/dicom-web/workitems"
JSON = {"Content-Type": "application/dicom+json", "Accept": "application/dicom+json"}


@dataclass
class UpsClient:
    """Somebody who works off the worklist."""

    http: FlaskClient
    headers: dict[str, str]

    def send(self, method: str, path: str, body: Any = None, **query: str) -> TestResponse:
        """One request; a data set goes as an array of one."""
        sent = [body] if isinstance(body, dict) else body
        return self.http.open(
            f"{WORKITEMS}{path}",
            method=method,
            json=sent,
            query_string=query or None,
            headers={**self.headers, **(JSON if sent is not None else {"Accept": JSON["Accept"]})},
        )

    def create(self, uid: str = "", *without: str, **attributes: Any) -> str:
        """Create a workitem and return its UID."""
        uid = uid or new_uid()
        answer = self.send("POST", f"?{uid}", workitem(*without, **attributes))
        assert answer.status_code == 201, answer.text
        return uid

    def change(self, uid: str, state: str, transaction: str) -> TestResponse:
        """Ask for a change of state."""
        body = dataset(ProcedureStepState=state, TransactionUID=transaction)
        return self.send("PUT", f"/{uid}/state", body)

    def claimed(self, **attributes: Any) -> tuple[str, str]:
        """Create and claim a workitem; return its UID and that of the claim."""
        uid, transaction = self.create(**attributes), new_uid()
        assert self.change(uid, "IN PROGRESS", transaction).status_code == 200
        return uid, transaction

    def retrieve(self, uid: str) -> dict[str, Any]:
        """The data set of a workitem."""
        answer = self.send("GET", f"/{uid}")
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def state(self, uid: str) -> str:
        """The Procedure Step State of a workitem."""
        found: str = self.retrieve(uid)[tag("ProcedureStepState")]["Value"][0]
        return found

    def found(self, **keys: str) -> list[str]:
        """The UIDs of the matches of a search, in its order."""
        answer = self.send("GET", "", **keys)
        assert answer.status_code in (200, 204), answer.text
        return [each["00080018"]["Value"][0] for each in answer.get_json() or []] if answer.data else []


def warning_of(answer: TestResponse) -> str:
    """The texts of the Warning headers of an answer."""
    return " ".join(answer.headers.getlist("Warning"))
