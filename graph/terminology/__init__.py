"""Concepts and the codings that they stand for."""
