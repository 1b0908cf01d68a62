"""FHIR R4 over HTTP: one file per interaction (FHIR R4 http.html)."""
