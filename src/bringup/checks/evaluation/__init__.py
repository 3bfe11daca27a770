"""Implementation: how the model is judged."""
