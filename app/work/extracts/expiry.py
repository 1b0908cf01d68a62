"""The job that removes the files of extracts some time after they were written."""

from app.work.expiring import FolderExpiry


class ExtractExpiry(FolderExpiry):
    """Removes files of extracts that are older than `seconds`; what was put into a folder stays there."""

    name = "extract-expiry"
    note = "extracts removed"
