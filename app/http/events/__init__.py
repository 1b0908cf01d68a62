"""Channels that stay open: a process that web processes hand connections over to (docs/worklist.md)."""
