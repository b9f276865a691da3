"""What `warmhandoff bench` measures, in a database of its own: data, pages, verbs, and the page that says what came out.

Imported only after Django is set up.
"""
