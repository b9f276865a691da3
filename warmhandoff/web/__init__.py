"""Door for people: pages and forms."""
