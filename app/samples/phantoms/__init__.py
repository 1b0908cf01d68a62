"""Computed phantoms: studies of a body that can be scrolled, reformatted and measured."""
