"""The Django app that holds the tables."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Tables, migrations and triggers."""

    name = "ransel.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
