"""The training loop, its defaults, checkpoints, metrics, saved models."""
