"""Handing cohorts over, over HTTP."""
