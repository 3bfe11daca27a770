"""Boundaries of a program that trains with torch."""
