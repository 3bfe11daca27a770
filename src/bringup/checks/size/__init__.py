"""Dataset: how much there is."""
