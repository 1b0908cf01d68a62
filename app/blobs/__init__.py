"""Bytes that never change once they are stored: DICOM files and large FHIR attachments.

`BlobStore` writes them to one or more folders so that a crash at any moment leaves a blob whole or absent.
"""

from app.blobs.blob_ids import new_blob_id
from app.blobs.store import BlobStore, Finding, State, StoredBlob
from app.blobs.upload import SealedBlob, Upload, seal_all

__all__ = ["BlobStore", "Finding", "SealedBlob", "State", "StoredBlob", "Upload", "new_blob_id", "seal_all"]
