"""What a trial can change, one file each; `table.CHANGES` lists them by name."""
