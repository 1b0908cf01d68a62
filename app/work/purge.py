"""Removes the bytes of deleted instances: by blob id, which is never used again by a newer picture."""

from app.blobs import BlobStore
from app.security.scopes import system_scope
from graph.studies.removals import RemovalStore

GRACE_MICROSECONDS = 60 * 1_000_000  # a read that began before the deletion has opened its file by then
_BATCH = 200


def purge_deleted(removals: RemovalStore, blobs: BlobStore, tenant: str, now: int) -> int:
    """Remove the bytes of a batch of tombstones; return how many went.

    The sidecar comes first: a rebuild from blobs must not bring a deleted picture back.
    """
    scope = system_scope(tenant)
    blob_ids = removals.due(scope, before=now - GRACE_MICROSECONDS, limit=_BATCH)
    for blob_id in blob_ids:
        blobs.entomb(blob_id)
        blobs.delete(blob_id)
    removals.done(scope, blob_ids, now)
    return len(blob_ids)
