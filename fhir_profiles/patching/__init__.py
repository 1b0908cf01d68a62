"""Changes of a part of a resource: JSON Patch (RFC 6902) and FHIRPath Patch (FHIR R4 fhirpatch.html).

Both work on the text that is stored, span by span: what a patch does not name stays byte for byte.
"""
