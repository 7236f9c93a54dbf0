"""The settings, read in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ransel.language import LANGUAGES, Language, refuse


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Values:
        protocols: a hospital's own folder with regimens and `site.toml`, from RANSEL_PROTOCOLS.
        language: of people, from RANSEL_LANGUAGE; English when it is not set.
        now: an instant to use instead of the clock, from RANSEL_NOW, as it was written.
    """

    protocols: Path | None
    language: Language
    now: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a command was given: the language, and in every command more; each is read when it is first asked for."""

    language_given: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """What the environment and the chosen language say."""
        return read_settings(self.language_given)

    @property
    def language(self) -> Language:
        """The language of people."""
        return self.settings.language


def read_settings(language: str | None = None) -> Settings:
    """Return the settings; a language given on the command line goes first.

    Raises:
        Refused: for a language or a folder that there is not.
    """
    protocols = os.environ.get("RANSEL_PROTOCOLS", "")
    if protocols and not os.path.isdir(protocols):  # noqa: PTH112 - a Path raises for a name that is too long
        refuse("library.no-folder", "RANSEL_PROTOCOLS", protocols)
    return Settings(
        protocols=Path(protocols) if protocols else None,
        language=default_language() if language is None else _language(language, "--language"),
        now=os.environ.get("RANSEL_NOW", ""),
    )


def default_language() -> Language:
    """Return the language of RANSEL_LANGUAGE, English when it is not set."""
    return _language(os.environ.get("RANSEL_LANGUAGE") or "en", "RANSEL_LANGUAGE")


def _language(text: str, field: str) -> Language:
    if text not in LANGUAGES:
        refuse("option.language", field, text, known=", ".join(LANGUAGES))
    return text
