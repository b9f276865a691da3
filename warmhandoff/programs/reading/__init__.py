"""What is read of programs, a module a subject."""
