"""Checks of the family epochs."""
