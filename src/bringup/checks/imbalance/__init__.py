"""Dataset: classes of very different sizes."""
