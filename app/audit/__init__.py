"""Who did what to whose data, kept in an append-only spool and moved into the graph."""
