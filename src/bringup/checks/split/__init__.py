"""Dataset: how the rows were parted."""
