"""`ransel demo`, `ransel serve`, `ransel setup`: the web application."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from ransel.cli.output import show
from ransel.cli.settings import read_settings
from ransel.hospital.environment import DEMO_HOSPITAL, read_environment
from ransel.hospital.start import require_tables, start_django
from ransel.language import Language, Message, refuse


def demo(port: int, language: str | None, *, fresh: bool) -> None:
    """Show the whole of Ransel with synthetic children, on this machine only."""
    words = read_settings(language).language
    database_is_set = bool(os.environ.get("RANSEL_DATABASE_URL"))
    os.environ["RANSEL_DEMO"] = "1"
    os.environ.setdefault("RANSEL_HOME", str(Path.home() / ".local" / "share" / "ransel-demo"))
    os.environ.setdefault("RANSEL_PROTOCOLS", str(DEMO_HOSPITAL))
    if language:
        os.environ["RANSEL_LANGUAGE"] = words
    from ransel.hospital.serving import LOOPBACK, free_port, require_demo_home, serve

    environment = read_environment()
    require_demo_home(environment, database_is_set=database_is_set)
    port = free_port(LOOPBACK, port)
    _say("cli.demo-begins", words)
    if fresh:
        _empty(environment.home)
    start_django()
    from ransel.hospital.clock import now
    from ransel.hospital.demo.start import prepare_demo

    prepare_demo(environment.home, now())
    serve(LOOPBACK, port, 1, lambda address: _say("cli.demo-ready", words, address=address), environment.home)


def _empty(home: Path) -> None:
    """Remove what an earlier demo left; only ever called on a folder that is marked as one of a demo."""
    for name in ("ransel.sqlite3", "ransel.sqlite3-wal", "ransel.sqlite3-shm", "demo-clock"):
        (home / name).unlink(missing_ok=True)
    shutil.rmtree(home / "static", ignore_errors=True)


def serve_for_real(host: str, port: int, workers: int, language: str | None) -> None:
    """Serve the application for real use."""
    words = read_settings(language).language
    from ransel.hospital.serving import free_port, require_nobody_of_the_demo, require_real, serve

    environment = read_environment()
    require_real(environment, host)
    start_django()
    require_tables()
    require_nobody_of_the_demo()
    port = free_port(host, port)
    serve(host, port, workers, lambda address: _say("cli.serve-ready", words, address=address), environment.home)


def setup(administrator: str, organisation: str, name: str, language: str | None) -> None:
    """Make the tables, or bring them up to date; make the first administrator with a password that is shown once."""
    words = read_settings(language).language
    environment = read_environment()
    environment.home.mkdir(parents=True, exist_ok=True)
    start_django()
    from django.core.management import call_command

    from ransel.store.models import Organisation, Person

    call_command("migrate", verbosity=0)
    _say("cli.setup-tables", words)
    if not administrator:
        return
    if Person.objects.filter(username__iexact=administrator).exists():
        refuse("setup.name-taken", "--administrator", administrator)
    if not organisation.replace("-", "").isalnum() or not administrator.isprintable():
        refuse("setup.organisation", "--organisation", organisation)
    hospital, _ = Organisation.objects.get_or_create(
        code=organisation, defaults={"name": name or organisation, "kind": Organisation.HOSPITAL}
    )
    password = secrets.token_urlsafe(15)
    Person.objects.create_user(
        administrator, password, id_code=f"p-{administrator.casefold()}"[:40], shown_name=administrator,
        role="administrator", organisation=hospital, must_change_password=True,
    )  # fmt: skip
    _say("cli.setup-administrator", words, name=administrator, password=password)


def _say(key: str, language: Language, **values: object) -> None:
    show(Message(key, values).text(language))
