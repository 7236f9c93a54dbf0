"""Finds in source code which sentences it needs, and with which values."""

import ast
import re
from dataclasses import dataclass, field
from functools import cache

# What carries a key: the argument that holds it, the key it stands for, the place of the dictionary of values.
CALLS = {
    "Message": ("key", "{}", 1),
    "Refusal": ("code", "refusal.{}", 3),
    "refuse": ("code", "refusal.{}", None),
    "notice": ("code", "notice.{}", None),
    "word": ("key", "{}", None),  # the teller of a course on the terminal
}
SAID = re.compile(r"""\{%\s*say\s+["']([^"']+)["']([^%]*)%\}""")
ALWAYS_GIVEN = {"refusal": {"field", "value"}, "remedy": {"field", "value"}}


@cache
def _compiled(pattern):
    return re.compile(pattern)


@dataclass(frozen=True)
class Use:
    """One call: a pattern of the keys it may have, and the values it gives; None when they cannot be seen."""

    pattern: str
    values: frozenset[str] | None

    def matches(self, key):
        return _compiled(self.pattern).fullmatch(key.replace("remedy.", "refusal.", 1))

    def not_given(self, key, places):
        """Return the places of a sentence that this call leaves empty."""
        if self.values is None:
            return set()
        return places - self.values - ALWAYS_GIVEN.get(key.partition(".")[0], set())


@dataclass(repr=False)
class Uses:
    """All calls with a key, and all texts that happen to be a key and may reach a call through a variable."""

    calls: set[Use] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add(self, source):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.add_text(node.value)
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                self.calls |= set(_uses(node, *CALLS[name])) if name in CALLS else set()

    def add_template(self, source):
        """Add what a template says: `{% say "key" place=value %}`."""
        for key, given in SAID.findall(source):
            self.calls.add(Use(re.escape(key), frozenset(re.findall(r"(\w+)=", given))))

    def add_text(self, text):
        self.texts |= {form.format(text) for _, form, _ in CALLS.values()}

    def missing(self, keys):
        """Return the patterns to which no key answers."""
        return {use.pattern for use in self.calls if not any(use.matches(key) for key in keys)}

    def unused(self, keys):
        """Return the keys that no call and no text names."""
        named = {key for key in keys if key.replace("remedy.", "refusal.", 1) in self.texts}
        return {key for key in keys if key not in named and not any(use.matches(key) for use in self.calls)}

    def empty_places(self, places_of):
        """Return every place of a sentence that some call leaves empty, as `key: place`."""
        return {
            f"{key}: {place}"
            for key, places in places_of.items()
            for use in self.calls
            if use.matches(key)
            for place in use.not_given(key, places)
        }


def _uses(call, key_name, form, values_at):
    named = [keyword.value for keyword in call.keywords if keyword.arg == key_name]
    values = _keywords(call) if values_at is None else _dictionary(call, values_at)
    for choice in _choices((call.args[:1] or named)[0]) if call.args or named else []:
        written = _pattern(choice)
        if written:
            yield Use(re.escape(form).replace(r"\{\}", written), values)


def _choices(written):
    return _choices(written.body) + _choices(written.orelse) if isinstance(written, ast.IfExp) else [written]


def _pattern(written):
    """Return the pattern of a text, with `.+` for what is filled in; nothing for a variable."""
    if isinstance(written, ast.Constant):
        return re.escape(written.value)
    if isinstance(written, ast.JoinedStr):
        return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in written.values)
    return ""


def _keywords(call):
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(names)


def _dictionary(call, values_at):
    named = [keyword.value for keyword in call.keywords if keyword.arg == "values"]
    given = call.args[values_at] if len(call.args) > values_at else named[0] if named else ast.Dict([], [])
    if not isinstance(given, ast.Dict) or not all(isinstance(key, ast.Constant) for key in given.keys):
        return None
    return frozenset(key.value for key in given.keys)
