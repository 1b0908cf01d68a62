"""The job that removes the files of bulk jobs some time after they were written."""

from app.work.expiring import FolderExpiry


class BulkExpiry(FolderExpiry):
    """Removes files of exports and imports that are older than `seconds`."""

    name = "bulk-expiry"
    note = "exports and imports removed"
