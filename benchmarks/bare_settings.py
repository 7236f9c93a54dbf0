"""Django with nothing around a view that reads one row: what the pages of the hospital are held against."""

from ransel.hospital.settings import *  # noqa: F403 - the same database and people

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "ransel.store"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.bare_urls"
WSGI_APPLICATION = "benchmarks.bare_wsgi.application"
