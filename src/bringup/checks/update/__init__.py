"""Checks of the family update."""
