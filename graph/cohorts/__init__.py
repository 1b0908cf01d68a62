"""Cohorts that somebody saved: their questions, version by version, and whom they found when asked."""
