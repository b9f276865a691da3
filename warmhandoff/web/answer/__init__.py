"""The answer page: behind a mail, without an account."""
