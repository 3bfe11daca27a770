"""Search: coarse to fine over the settings of one kind of model."""
