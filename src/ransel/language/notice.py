"""Notices: what a person should see beside a result that is otherwise allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ransel.language.message import Language, Message


class Level(StrEnum):
    """How much a notice asks of its reader."""

    ASK = "ask"
    """Outside the recommended bounds: someone must confirm it."""
    WARN = "warn"
    """Something to act upon or to decide."""
    INFORM = "inform"
    """Something to know."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a person should see; the words are under `notice.<code>`."""

    code: str
    level: Level
    message: Message

    def text(self, language: Language = "en") -> str:
        """Return the notice in words."""
        return self.message.text(language)


def notice(code: str, level: Level, **values: object) -> Notice:
    """Return a notice whose sentence is `notice.<code>`."""
    return Notice(code, level, Message(f"notice.{code}", values))
