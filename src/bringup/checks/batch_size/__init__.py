"""Checks of the family batch size."""
