"""What a WSGI server runs. It refuses to serve through a login that row policies do not bind."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

from warmhandoff.foundation import logins

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")
application = get_wsgi_application()

with connection.cursor() as _cursor:
    logins.refuse_unsafe_login(_cursor)
    logins.assert_durable(_cursor)
connection.close()  # each worker thread opens its own

# What is loaded now stays for good: no request waits while the collector looks through all of it once more.
get_resolver().url_patterns  # noqa: B018  brings every view
gc.collect()
gc.freeze()
