"""Starting `writer.py` on a database, as programs of their own."""

import os
import subprocess
import sys
from pathlib import Path

WRITER = Path(__file__).with_name("writer.py")
TESTS = WRITER.parents[1]


def start(url, home, *told) -> subprocess.Popen:
    """Start a writer; its standard output says what was acknowledged, its complaints go into a file in `home`."""
    settings = {"RANSEL_DATABASE_URL": url, "RANSEL_HOME": str(home), "RANSEL_DEMO": "1", "PYTHONPATH": str(TESTS)}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("RANSEL_")}
    with (home / "complaints").open("ab") as complaints:
        return subprocess.Popen(
            [sys.executable, WRITER, *map(str, told)], env=kept | settings, text=True, cwd=home,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
