"""A trial: a person's script, run again in a fork with one thing changed."""
