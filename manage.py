#!/usr/bin/env python
"""Django's command line for the back office."""

import os
import sys

from tomp_backoffice import embedded_postgres

# These drive other processes and open no database connection of their own.
COMMANDS_WITHOUT_DATABASE = {"up", "journey", "help", "--help", "version", "--version"}


def main() -> None:
    """Run a management command; where no DATABASE_URL(_FILE) is set, against the embedded PostgreSQL."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_backoffice.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in COMMANDS_WITHOUT_DATABASE and embedded_postgres.is_wanted():
        try:
            os.environ["DATABASE_URL"] = embedded_postgres.start(embedded_postgres.default_folder())
        except embedded_postgres.UnusableFolderError as error:
            sys.exit(f"{error}")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
