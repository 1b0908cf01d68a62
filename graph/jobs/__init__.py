"""Durable work in the graph: jobs that workers claim, and followers of the change feed with their cursors."""
