"""Formats of raw data: one file a format, each a function from a file to a `Source`."""
