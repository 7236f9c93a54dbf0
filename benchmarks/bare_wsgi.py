"""The door of the bare Django."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare_settings"

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the settings come first

application = get_wsgi_application()
