"""Workitems (UPS, PS3.4 annex CC): units of work on pictures, each one node with the FHIR Task that it is."""
