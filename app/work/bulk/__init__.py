"""Bulk data: durable jobs that export resources to files and import them (FHIR Bulk Data Access 2.0)."""
