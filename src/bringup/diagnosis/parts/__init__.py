"""A training that is handed over in parts: a model, a loss, an optimizer, data."""
