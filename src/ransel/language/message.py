"""A message is a key and its values; the catalogue of each language turns it into words."""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "nl"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DOMAIN = "ransel"
LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence before it has a language.

    `values` fill the named places of the sentence. A value may be a message itself, or anything
    with a method `text(language)` such as a quantity; then it is put into the same language.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def text(self, language: Language = "en") -> str:
        """Return the sentence in this language; a key without a sentence is a defect and raises KeyError."""
        words = {name: translate(value, language) for name, value in self.values.items()}
        return _sentence(self.key, language).format_map(words)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Joined:
    """Several values one after another, for one place of a sentence."""

    values: tuple[object, ...]
    separator: str = "; "

    def text(self, language: Language = "en") -> str:
        """Return them in this language."""
        return self.separator.join(translate(value, language) for value in self.values)


def translate(value: object, language: Language) -> str:
    """Return a value as words: messages and quantities in this language, everything else as it is."""
    say = getattr(value, "text", None)
    return str(say(language)) if callable(say) else str(value)


def _sentence(key: str, language: Language) -> str:
    sentence = _catalogue(language).gettext(key)
    if sentence == key:
        raise KeyError(f"no {language} sentence for message {key!r}")
    return sentence


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[language])
