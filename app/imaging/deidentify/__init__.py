"""De-identifying DICOM: a data set in, a data set out, and what was done with it (PS3.15 Annex E)."""

from app.imaging.deidentify.datasets import Deidentified, Deidentifier
from app.imaging.deidentify.files import deidentify_file
from app.imaging.deidentify.withholding import Withheld, require_clean

__all__ = ["Deidentified", "Deidentifier", "Withheld", "deidentify_file", "require_clean"]
