"""Implementation: what is done to the inputs before the model sees them."""
