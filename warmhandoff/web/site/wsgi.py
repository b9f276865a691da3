"""What a WSGI server runs. It refuses to serve through a login that row policies do not bind."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from warmhandoff.foundation import collector, logins

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")
application = get_wsgi_application()

with connection.cursor() as _cursor:
    logins.refuse_unsafe_login(_cursor)
    logins.assert_durable(_cursor)
connection.close()  # each worker thread opens its own

collector.keep_what_is_loaded()
