"""Waking Django for a command, and what it refuses to work with."""

from __future__ import annotations

import os

from ransel.language import refuse

SETTINGS = "ransel.hospital.settings"


def start_django() -> None:
    """Make the application ready in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django  # noqa: PLC0415 - the settings choose the SQLite library first

    django.setup()


def require_tables() -> None:
    """Refuse a database that has no tables, or older ones.

    Raises:
        Refused: naming the command that makes them.
    """
    from django.db import connection  # noqa: PLC0415 - Django must be awake
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        refuse("database.not-ready", "RANSEL_DATABASE_URL")
