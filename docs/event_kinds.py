"""The vocabulary of pump events: every kind with its data keys, read from the program that writes and checks them."""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from docs.markdown import table
from ransel.infusion import event
from ransel.infusion.event import Kind
from ransel.infusion.event_keys import EVENT_KEYS, KEYS

WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words" / "events.toml").read_text(encoding="utf-8")
)
RECORDING = Path(__file__).parents[1] / "examples" / "recordings" / "occlusion.jsonl"
SORTS = {"whole": "whole number", "text": "text", "yes-no": "true or false", "amount": "decimal, as a text"}
OTHERWISE = {
    "plan": "object",
    "part": "text or null",
    "row": "text",
    "overridden": "list of texts",
    "detail": "text",
    "by_ms": "whole number, negative when it went back",
}
"""Keys at which the program takes anything: what stands there when the simulated pump writes it."""
ACTION = {"action": "text", "refused": "text"}
ENVELOPE = ("schema", "pump", "boot", "seq", "uptime_ms", "pump_time", "received_at", "kind", "data")


@cache
def told() -> Mapping[Kind, str]:
    """Return what each kind tells: the text below it in the program."""
    body = next(
        node.body for node in ast.parse(inspect.getsource(event)).body
        if isinstance(node, ast.ClassDef) and node.name == "Kind"
    )  # fmt: skip
    found = {}
    for member, text in pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            name = getattr(member.targets[0], "id", "")
            found[Kind[name]] = " ".join(str(text.value.value).split())
    return found


def keys_of(kind: Kind) -> Mapping[str, str]:
    """Return the data keys of a kind, each with the type of its value."""
    if kind is Kind.ACTION:
        return ACTION
    return {key: OTHERWISE[key] if sort == "any" else SORTS[sort] for key, sort in KEYS[kind].items()}


def sentence(kind: Kind, key: str) -> str:
    """Return what stands at a key; where one kind means something of its own, its own sentence."""
    return WORDS["keys"].get(f"{kind.value}.{key}") or WORDS["keys"].get(key, "")


def page() -> str:
    """Return the envelope, then a section for every kind."""
    envelope = table(("key", "meaning"), [(f"`{key}`", WORDS["event"].get(key, "")) for key in ENVELOPE])
    return "\n\n".join(("## every event", envelope, _example(), *map(_section, Kind)))


def _section(kind: Kind) -> str:
    rows = [(f"`{key}`", sort, sentence(kind, key)) for key, sort in keys_of(kind).items()]
    return f"## {kind.value}\n\n{_in_our_words(told()[kind])}\n\n{table(('key', 'type', 'meaning'), rows)}"


def _in_our_words(text: str) -> str:
    """Return a sentence in which other kinds are named as a stream names them."""
    return re.sub(r"\b[A-Z]{4,}\b", lambda found: f"`{Kind[found[0]].value}`" if found[0] in Kind.__members__ else
                  found[0], text)  # fmt: skip


def _example() -> str:
    """Return the first start of a recorded course, as it stands in the file."""
    lines = RECORDING.read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if json.loads(line)["kind"] == Kind.STARTED.value)
    return f"One line of [a recorded course](../../examples/recordings/{RECORDING.name}):\n\n```json\n{line}\n```"


def complaints() -> list[str]:
    """Return the kinds and keys that nobody describes, and the descriptions of what is gone."""
    wanted = {key for kind in Kind for key in keys_of(kind)}
    own = {f"{kind.value}.{key}" for kind in Kind for key in keys_of(kind)}
    written = set(WORDS["keys"])
    silent = [f"no sentence: {kind.value}.{key}" for kind in Kind for key in keys_of(kind) if not sentence(kind, key)]
    return [
        *(f"no words: {kind.value}" for kind in Kind if kind not in told()),
        *silent,
        *(f"no such key: {key}" for key in sorted(written - wanted - own)),
        *(f"envelope: {key}" for key in sorted(set(WORDS["event"]) ^ EVENT_KEYS)),
    ]
