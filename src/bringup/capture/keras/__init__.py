"""The boundaries of Keras 3: layers, losses, optimizers. On its torch backend they make the same events as torch's own."""
