"""Dataset: a column or a row gives the answer away."""
