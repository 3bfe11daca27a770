"""Raw data in: sources, schema, profile, split, prepare, simplify, synthesise."""
