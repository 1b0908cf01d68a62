"""Anatomies as tables: rows of a material and its shapes, painted in this order."""
