"""Messages in Dutch and English, and the refusals that carry them.

Core code never builds a sentence: it names a message by key and gives the values.
The words are written side by side in `sentences/<room>.toml`; `make messages` compiles them into
one gettext domain, `locale/<language>/LC_MESSAGES/ransel.mo`.
"""

from ransel.language.message import LANGUAGES, Joined, Language, Message, translate
from ransel.language.moment import Moment
from ransel.language.notice import Level, Notice, notice
from ransel.language.refusal import Refusal, Refused, refuse

__all__ = [
    "LANGUAGES",
    "Joined",
    "Language",
    "Level",
    "Message",
    "Moment",
    "Notice",
    "Refusal",
    "Refused",
    "notice",
    "refuse",
    "translate",
]
