"""Checks of the family regularization."""
