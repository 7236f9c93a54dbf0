"""The Django app of the web application."""

from __future__ import annotations

from django.apps import AppConfig


class HospitalConfig(AppConfig):
    """Pages, templates, policy."""

    name = "ransel.hospital"
    label = "hospital"

    def ready(self) -> None:
        """Let every page register itself."""
        from ransel.hospital import pages  # noqa: PLC0415 - pages need the models to be ready

        pages.register_all()
