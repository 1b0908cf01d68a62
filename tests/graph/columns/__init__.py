"""Tests of what is held in memory of records."""
