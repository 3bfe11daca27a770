"""The gates of the recipe, one file a step. Each takes the run's context and returns an outcome."""
