"""What a test of the store does with a database of each kind, and what it looks at."""

from pathlib import Path

from store.postgresql import Server

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
}


class Sqlite:
    """The default database is a file."""

    vendor = "sqlite"

    def __init__(self, file: Path) -> None:
        self.url = f"sqlite:///{file}"

    def settle(self) -> None:
        """Nothing goes on in a file when its writers are gone."""


class Postgresql:
    """The default database is one of a server."""

    vendor = "postgresql"

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name, self.url = server, name, server.address(name)

    def settle(self) -> None:
        """Wait until the server has noticed that its clients are gone."""
        from django.db import connection

        connection.close()
        self.server.wait_until_alone(self.name)


def execute(statement: str, values=()) -> None:
    """Run a statement on the default database, as somebody who has its password."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def drop_triggers() -> None:
    """Take away what keeps the tables append-only, as a hostile administrator would."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        for name, table in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def boards() -> dict[str, list]:
    """Everything that the boards show, without the numbers that the database gives its rows."""
    from ransel.store.boards import ROWS

    shown = {}
    for table in ROWS:
        names = [one.name for one in table._meta.fields if one.name != "id"]
        shown[table.__name__] = sorted(map(repr, table.objects.values_list(*names)))
    return shown


def assert_sound() -> None:
    """The chain is whole, what stands beside its entries agrees, and the boards show what the entries say."""
    from ransel.store.boards import rebuild_boards
    from ransel.store.checking import check_chain
    from ransel.store.journal import DatabaseJournal

    journal = DatabaseJournal()
    checked = check_chain(journal)
    assert (checked.broken, checked.damage) == (None, "")
    assert checked.head == journal.head()
    shown = boards()
    rebuild_boards(journal)
    assert boards() == shown
