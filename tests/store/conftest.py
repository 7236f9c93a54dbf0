"""The databases on which the store is proved: each test that asks for one runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from store.databases import Postgresql, Sqlite
from store.postgresql import Server


@contextmanager
def default_database(url: str) -> Iterator[None]:
    """Let another database be the default one of this process; the code under test does not notice."""
    from django.db import connections

    from ransel.store.database import databases

    before = connections.settings["default"]
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = connections.configure_settings(databases(url))["default"]
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = before


@pytest.fixture(scope="session")
def postgresql_server(django_ready) -> Iterator[Server]:
    """One server for this process, with a database that has all tables, to copy from."""
    from django.core.management import call_command

    assert django_ready.exists()
    server = Server()
    try:
        server.query("CREATE DATABASE template_of_tests")
        with default_database(server.address("template_of_tests")):
            call_command("migrate", verbosity=0)
        yield server
    finally:
        server.stop()


@pytest.fixture
def sqlite(hospital_db) -> Sqlite:
    """An empty SQLite database as the default one."""
    return Sqlite(hospital_db)


@pytest.fixture
def postgresql(postgresql_server: Server) -> Iterator[Postgresql]:
    """An empty PostgreSQL database as the default one."""
    name = postgresql_server.copy_of("template_of_tests")
    try:
        with default_database(postgresql_server.address(name)):
            yield Postgresql(postgresql_server, name)
    finally:
        postgresql_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> Sqlite | Postgresql:
    """An empty database as the default one, of each kind in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def journal(request):
    """An empty journal of each kind in turn."""
    if request.param == "memory":
        from ransel.chart.journal import MemoryJournal

        return MemoryJournal()
    request.getfixturevalue(request.param)
    from ransel.store.journal import DatabaseJournal

    return DatabaseJournal()


@pytest.fixture(scope="session")
def course():
    """The entries of Noor's whole course, from her enrolment to the pump back on its shelf."""
    from chart.story import enrolled

    story = enrolled()
    story.whole_course()
    return story.treatment.history
