"""Reports of studies: written in sections, signed, corrected and added to, in FHIR and as DICOM objects."""
