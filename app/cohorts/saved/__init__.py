"""Saved cohorts: questions that are kept, version by version, refreshed, compared and shared."""
