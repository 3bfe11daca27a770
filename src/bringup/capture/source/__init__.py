"""The person's program as text: which lines are theirs, where things were built, and what is written there."""
