"""Directory desk: what organizations offer, and whether there is room."""
