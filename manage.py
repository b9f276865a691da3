#!/usr/bin/env python
"""Django's own commands, with the embedded PostgreSQL running while they do. Operators use `warmhandoff`."""

import os
import sys
from contextlib import nullcontext

from django.conf import settings
from django.core.management import execute_from_command_line

from warmhandoff.foundation import postgres


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")
    server = postgres.ensure_running(settings.POSTGRES_HOME) if settings.EMBEDDED_POSTGRES else nullcontext()
    with server:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
