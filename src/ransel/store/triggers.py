"""The triggers that keep append-only tables append-only, in the words of each database."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("ransel_journal", "ransel_access", "ransel_pump_event")
"""The append-only tables."""

_REFUSE = "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
    # INSERT OR REPLACE removes the rows in its way without asking the trigger above: whatever is unique is looked at
    (
        "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        "WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
    ),
)
_SAME = {
    "ransel_journal": (
        "rowid = NEW.rowid OR position = NEW.position OR (treatment = NEW.treatment AND version = NEW.version) "
        "OR (NEW.key <> '' AND treatment = NEW.treatment AND key = NEW.key)"
    ),
    "ransel_access": "id = NEW.id",
    "ransel_pump_event": "id = NEW.id",
}
_TOLD_TWICE = (
    "CREATE TRIGGER ransel_pump_event_told_once BEFORE INSERT ON ransel_pump_event "
    "WHEN EXISTS (SELECT 1 FROM ransel_pump_event WHERE treatment = NEW.treatment AND course = NEW.course "
    "AND pump = NEW.pump AND boot = NEW.boot AND seq = NEW.seq) BEGIN SELECT RAISE(IGNORE); END"
)
"""A pump may tell an event again: the one that was received first stays, whatever the second one says."""

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
    is_postgresql = editor.connection.vendor == "postgresql"
    # None: nothing is to be filled in, and a % in a statement is one
    editor.execute(_POSTGRESQL_FUNCTION if is_postgresql else _TOLD_TWICE, None)
    for table in TABLES:
        for statement in _POSTGRESQL if is_postgresql else _SQLITE:
            refuse = _REFUSE.format(table=table)
            editor.execute(statement.format(table=table, same=_SAME[table], refuse=refuse), None)


def make_writable(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers; run when the migration is taken back."""
    is_postgresql = editor.connection.vendor == "postgresql"
    names = ("no_change", "no_truncate") if is_postgresql else ("no_update", "no_delete", "no_replace")
    for table in TABLES:
        for name in names:
            editor.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if is_postgresql else ""), None)
    editor.execute(
        "DROP FUNCTION ransel_append_only" if is_postgresql else "DROP TRIGGER ransel_pump_event_told_once", None
    )
