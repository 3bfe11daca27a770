"""The boundary to scikit-learn and numpy: what a program does with its data before it trains."""
