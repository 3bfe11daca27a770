"""Data and model: whether the model has room for what it is to learn."""
