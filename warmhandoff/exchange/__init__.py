"""Door for machines: files and interfaces."""
