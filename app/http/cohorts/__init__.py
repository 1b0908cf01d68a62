"""Cohort questions over HTTP."""
