"""`POST /auth/launch`: a page or a service opens an app for a patient (SMART App Launch 2.2, EHR launch)."""

from flask import Blueprint, Response

from app.http.authorization.description import LAUNCH
from app.http.authorization.schemas import read_launch
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.records.people import PatientPicker
from app.security.authorization.launches import Launches

LAUNCH_PATH = "/auth/launch"
_CREATED = 201


def add_launch(rooms: Blueprint, launches: Launches, picker: PatientPicker) -> None:
    """Add the route that makes launch handles."""

    @rooms.post(LAUNCH_PATH)
    @requires("fhir.read")
    @documented(LAUNCH)
    def launch() -> Response:
        scope = current_scope()
        context = read_launch(scope.subject)
        picker.require(scope, context.patient, context.encounter)
        return plain_json(launches.begin(scope, context, current().received), _CREATED)
