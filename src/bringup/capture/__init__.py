"""Watching a person's own program: hooks at the boundaries of its training, and the record that they make."""
