"""Crashes: web, worker and PostgreSQL are killed (kill -9) at random moments under load, and nothing that was acknowledged is gone.

Real processes: the embedded PostgreSQL, `warmhandoff web`, `warmhandoff worker` and a mail server that writes down what it is
given before it says 250. Drivers take people in and refer them, and hand in hours that others worked, as the app's own login, in
this process, which nobody kills; it writes down what it was told is done. Pressers read the mail as a mailbox's owner does, open the
link in it over HTTP, and press: ask a question, say yes or no, or at a worksite that hours are right. A press that gets no answer is repeated with the same form's key until it has one; one
that has an answer is now and then repeated all the same.

Afterwards, as the owner of the database: each acknowledged change is there (`lost`), each change has its message and each
message reached the mail server (`missing`), each form took effect once (`twice`), and `warmhandoff check` is clean.

The control: the same drivers on sessions with `synchronous_commit = off`, and PostgreSQL killed; there acknowledged changes must
be found lost. Web and worker have no part in it: they refuse to start on such a server, which is tried too.
"""
