"""All refusals: code, sentence and remedy, read from the sentences of each room."""

from __future__ import annotations

import tomllib
from pathlib import Path

from docs.markdown import table

SENTENCES = Path(__file__).parents[1] / "src" / "ransel" / "language" / "sentences"


def page() -> str:
    """Return a table of refusals for every room that has some."""
    found = {path.stem: _rows(path) for path in sorted(SENTENCES.glob("*.toml"))}
    head = ("code", "what is wrong", "what to do")
    return "\n\n".join(f"## {room}\n\n{table(head, rows)}" for room, rows in found.items() if rows)


def _rows(path: Path) -> list[tuple[str, str, str]]:
    sentences = tomllib.loads(path.read_text(encoding="utf-8"))
    codes = sorted(key.removeprefix("refusal.") for key in sentences if key.startswith("refusal."))
    return [(f"`{code}`", *(_sentence(sentences[f"{part}.{code}"]["en"]) for part in ("refusal", "remedy")))
            for code in codes]  # fmt: skip


def _sentence(text: str) -> str:
    """Return a sentence with its places as *italics*."""
    return text.replace("{", "*").replace("}", "*").replace("<", "&lt;")
