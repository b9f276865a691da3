"""“This doesn’t work for us”: said on any page, shared by all members, answered by the network's office.

Words: state of a page (its name in the addresses, who looks as what, with which version), list (what the office gave words to),
told back (how it stands, on the reporter's own page, behind a code for visitors, and in the mail).
"""
