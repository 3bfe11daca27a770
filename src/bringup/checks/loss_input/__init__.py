"""Checks of the family loss input."""
