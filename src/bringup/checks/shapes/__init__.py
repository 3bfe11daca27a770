"""Checks of the family shapes."""
