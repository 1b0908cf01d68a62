"""Whole answers as files: every table of all patients, in the form that is asked for."""
