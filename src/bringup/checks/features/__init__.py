"""Dataset: what the columns hold."""
