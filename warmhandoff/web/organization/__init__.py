"""Organization desk: one's colleagues and their roles, who answers for the queue, invitations, and the services offered."""
