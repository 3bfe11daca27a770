"""Checks of the family architecture."""
