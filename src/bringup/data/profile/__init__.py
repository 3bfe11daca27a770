"""What the data hold: columns, their relations to the target and to each other, copies, shift between parts."""
