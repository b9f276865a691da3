"""The door for people: pages, forms, htmx fragments; one sub-folder per desk, `site/` holds what all desks share.

A view fetches with permission, binds a form, calls one action, answers with a page or a fragment.
Each view declares who may enter (`site/access.py`); each request is one transaction, rendering included
(`site/middleware.py`); each form has a one-use key and is drawn by our own field templates (`forms/`).
"""
