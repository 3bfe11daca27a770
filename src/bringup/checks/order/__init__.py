"""Dataset: the order of rows, and rows that come again."""
