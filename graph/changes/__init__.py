"""The DICOM change feed."""
