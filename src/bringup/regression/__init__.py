"""The lock: a golden record with tolerances measured over seeds."""
