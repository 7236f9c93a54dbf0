"""Of which sources compiled code was made.

Numba keeps the compiled code of a function until that function's own file changes; a change in another file that it
calls into goes unseen, and the old numbers would come back in silence. So only the functions that Python calls are
kept on disk, and the digest of all files they are made of is part of their key.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from types import ModuleType


def digest_of(*modules: ModuleType | str) -> int:
    """Return a number for the sources of these modules (or files), never nought; another source, another number."""
    digest = sha256()
    for module in modules:
        file = module if isinstance(module, str) else module.__file__
        digest.update(Path(str(file)).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big") + 1
