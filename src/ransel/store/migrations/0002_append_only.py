"""The journal, the access log and what pumps told can only be appended to."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from ransel.store.triggers import make_append_only, make_writable


class Migration(migrations.Migration):
    """Triggers that refuse update, delete and truncate."""

    dependencies: ClassVar = [("store", "0001_tables")]
    operations: ClassVar = [migrations.RunPython(make_append_only, make_writable)]
