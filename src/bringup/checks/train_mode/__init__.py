"""Checks of the family train mode."""
