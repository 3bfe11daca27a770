"""A script in a process of its own: started, watched, and what it did kept however it ends."""
