"""Owner desk: behind a mail to a service's own mailbox, without an account. Is this still true?"""
