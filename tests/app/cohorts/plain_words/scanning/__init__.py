"""Tests of the rooms of questions in plain words."""
