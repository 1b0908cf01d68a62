"""Batch and transaction Bundles: entries, what is known before the lock, what is decided under it."""
