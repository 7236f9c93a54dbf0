"""The triggers that keep append-only tables append-only, in the words of each database."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = {"ransel_journal": "position", "ransel_access": "id", "ransel_pump_event": "id"}
"""Each append-only table with its key."""

_REFUSE = "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
    # INSERT OR REPLACE removes a row without asking the trigger before it
    (
        "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        "WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}"
    ),
)
_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION ransel_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)
_POSTGRESQL = (
    (
        "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ransel_append_only()"
    ),
    (
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ransel_append_only()"
    ),
)


def make_append_only(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers; run by a migration."""
    if editor.connection.vendor == "postgresql":
        editor.execute(_POSTGRESQL_FUNCTION)
    statements = _POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE
    for table, key in TABLES.items():
        for statement in statements:
            editor.execute(statement.format(table=table, key=key, refuse=_REFUSE.format(table=table)))


def make_writable(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers; run when the migration is taken back."""
    is_postgresql = editor.connection.vendor == "postgresql"
    names = ("no_change", "no_truncate") if is_postgresql else ("no_update", "no_delete", "no_replace")
    for table in TABLES:
        for name in names:
            editor.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if is_postgresql else ""))
