"""From findings and probes to one cause and one next action."""
