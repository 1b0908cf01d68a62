"""Makers of small valid inputs: DICOM files and FHIR resources, each deterministic in its arguments."""
