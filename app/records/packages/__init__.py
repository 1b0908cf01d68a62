"""Bringing FHIR packages in: their conformance resources, as every client would write them."""
