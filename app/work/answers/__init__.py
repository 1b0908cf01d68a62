"""Requests of FHIR that are answered later: durable jobs, and their answers for a while (R4 async.html)."""
