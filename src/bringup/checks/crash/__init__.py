"""Checks of the family crash."""
