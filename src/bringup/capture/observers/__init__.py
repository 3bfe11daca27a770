"""What is noted at the boundaries: one file an observer, each fills sections of the record."""
