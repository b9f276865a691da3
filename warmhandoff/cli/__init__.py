"""Door for operators: the command `warmhandoff`."""
