"""Finds the command, reads its options, sets Django up, runs it."""

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

import django
from django.core.exceptions import ImproperlyConfigured

from warmhandoff.cli import (
    assets,
    begin,
    bench,
    check,
    demo,
    drill,
    healthy,
    import_file,
    migrate,
    roles,
    second_step,
    serve,
    web,
    worker,
)
from warmhandoff.cli.backup import dump, restore
from warmhandoff.foundation.errors import DomainError

COMMANDS: Final[dict[str, ModuleType]] = {
    "demo": demo,
    "serve": serve,
    "web": web,
    "worker": worker,
    "migrate": migrate,
    "begin": begin,
    "check": check,
    "dump": dump,
    "restore": restore,
    "drill": drill,
    "healthy": healthy,
    "import": import_file,
    "take-off-second-step": second_step,
    "roles": roles,
    "bench": bench,
    "assets": assets,
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command = COMMANDS[options.command]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")
    try:
        os.environ.update(command.environment(options) if hasattr(command, "environment") else {})
        django.setup()
        status: int = command.run(options)
        return status
    except (DomainError, ImproperlyConfigured) as refusal:
        print(_said(refusal), file=sys.stderr)
        return os.EX_CONFIG


def _said(refusal: Exception) -> str:
    if isinstance(refusal, DomainError):
        return f"{refusal.sentence} {refusal.mend}".strip()
    return str(refusal)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="warmhandoff", description="Warm Handoff, for operators.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        module.arguments(commands.add_parser(name, help=module.HELP, description=module.HELP))
    return parser
