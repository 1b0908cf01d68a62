"""DICOM facts as FHIR R4 resources.

Facts are mappings from DICOM keyword to decoded value, as they stand in the file. A value that DICOM allows
and FHIR does not, or that neither does, is left out: what is made here is always valid.
"""
