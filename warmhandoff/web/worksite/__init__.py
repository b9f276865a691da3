"""Hours, for a worksite's supervisor: behind a mail, without an account, and without a word of what we are (P9)."""
