"""Feedback on reads: the API, and the pages on which readers learn how their reads turned out."""
