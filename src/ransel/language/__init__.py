"""Messages in Dutch and English, and the refusals that carry them.

Core code never builds a sentence: it names a message by key and gives the values.
The words live in one gettext domain, `locale/<language>/LC_MESSAGES/ransel.po`.
"""

from ransel.language.message import LANGUAGES, Language, Message, translate
from ransel.language.refusal import Refusal, Refused, refuse

__all__ = ["LANGUAGES", "Language", "Message", "Refusal", "Refused", "refuse", "translate"]
