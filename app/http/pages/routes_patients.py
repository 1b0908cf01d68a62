"""`/patients/…`: a patient, with what a reader takes in first, and their studies."""

from flask import Blueprint, render_template

from app.http.kit.guard import signed_in
from app.http.kit.request_context import current_scope
from app.http.pages.degrading import FAILED, told
from app.http.pages.uses import PageUses
from app.records.studies.desk import PICTURES, RECORD


def add_patients(rooms: Blueprint, uses: PageUses) -> None:
    """Add the page of a patient."""

    @rooms.get("/patients/<patient_id>")
    @signed_in("R", RECORD)
    def show_patient(patient_id: str) -> str:
        scope = current_scope()
        patient = uses.people.one(scope, patient_id)
        may_see = PICTURES in scope.permissions
        studies = told(lambda: uses.studies.of_patient(scope, patient.patient_id)) if may_see else None
        known = studies if isinstance(studies, tuple) else ()
        reports = told(lambda: uses.studies.reports(scope, known))
        return render_template(
            "patient.html", patient=patient, studies=studies, reports=reports, failed=FAILED
        )
