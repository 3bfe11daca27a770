"""Checks of the family learning rate."""
