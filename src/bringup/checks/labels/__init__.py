"""Dataset: what is to be predicted."""
