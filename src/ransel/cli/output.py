"""What is printed: words or plain data on the standard output, refusals where they belong."""

from __future__ import annotations

import io
import json
import os
import sys

from ransel.language import Language, Refusal, Refused, refuse


def prepare_output() -> None:
    """Let no letter stop a sentence: what the terminal cannot show is printed as its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def show(text: str) -> None:
    """Print words; a reader that has gone away misses them in silence.

    Raises:
        Refused: when they cannot be written, such as on a full disk.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        refuse("output.not-written")


def show_data(data: object) -> None:
    """Print plain data as JSON; letters that the output cannot carry are written as JSON writes them."""
    has_all_letters = sys.stdout is not None and sys.stdout.encoding.lower().replace("-", "") == "utf8"
    show(json.dumps(data, ensure_ascii=not has_all_letters, indent=2))


def show_refusals(refusals: tuple[Refusal, ...], language: Language, *, as_json: bool) -> None:
    """Print every refusal: as data on the standard output, or one sentence each on the standard error."""
    if as_json:
        try:
            show_data({"errors": [_plain(refusal, language) for refusal in refusals]})
        except Refused:  # the output itself is what cannot be written
            as_json = False
    if not as_json and sys.stderr is not None:
        sys.stderr.write("".join(f"{refusal.text(language)}\n" for refusal in refusals))
        sys.stderr.flush()


def _plain(refusal: Refusal, language: Language) -> dict[str, str]:
    return {
        "code": refusal.code,
        "file": refusal.file,
        "field": refusal.field,
        "value": refusal.value,
        "problem": refusal.problem.text(language),
        "remedy": refusal.remedy.text(language),
        "text": refusal.text(language),
    }
