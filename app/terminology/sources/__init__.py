"""Terminologies that are loaded by their name, each in a pinned package of the package index."""
