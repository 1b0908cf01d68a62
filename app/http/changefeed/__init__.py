"""The change feed of DICOM: what was stored and deleted, in order and without gaps."""
