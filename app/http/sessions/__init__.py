"""Signing in at a browser, and the page of one's own account."""
