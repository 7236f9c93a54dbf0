"""Pages that run: their console and Python blocks are executed, and the output they show is the output that came.

A page may hold these blocks; what stands in a comment right above a block says how it is treated:

    ```console          lines that begin with `$ ` are run one after the other in one shell; the rest is their output
    ```python           run in one Python process for the whole page; a ```text block right behind it is its output
    <!-- file: x.toml -->      the block below is written to the file x.toml before anything after it is run
    <!-- shows: parts A | B -->       of the output only the paragraphs that begin with A or B
    <!-- shows: lines with A | B -->  only the lines that hold A or B
    <!-- shows: first 3 lines -->     only these
    <!-- not run -->           the block is for reading

Lines that are left out show as one line with three dots. A command that fails must say so: `; echo "exit code $?"`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LEFT_OUT = "..."
PROMPT = "$ "
END = "end-of-command"
_COMMENT = re.compile(r"<!-- (?P<words>.*) -->")
_RUN_BLOCKS = """
import contextlib, io, json, sys
names, outputs = {}, []
for block in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(block, "a block of this page", "exec"), names)
    outputs.append(output.getvalue())
print(json.dumps(outputs))
"""


class PageFailsError(Exception):
    """A block of a page does not run."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Values:
        comment: the words of the comment right above it.
        first, last: of its content, as numbers of lines; `last` is not part of it.
    """

    language: str
    comment: str
    first: int
    last: int
    lines: tuple[str, ...]

    @property
    def rule(self) -> str:
        """Which part of the output is shown; empty for all of it."""
        return self.comment.removeprefix("shows: ") if self.comment.startswith("shows: ") else ""

    @property
    def file(self) -> str:
        """The file that this block is written to, empty for none."""
        return self.comment.removeprefix("file: ") if self.comment.startswith("file: ") else ""

    @property
    def commands(self) -> tuple[str, ...]:
        """What is typed."""
        return tuple(line.removeprefix(PROMPT) for line in self.lines if line.startswith(PROMPT))

    @property
    def runs(self) -> bool:
        """Whether something comes of it."""
        return bool(self.file) or (self.language in {"console", "python"} and self.comment != "not run")


def blocks(page: str) -> Iterator[Block]:
    """Go through the fenced blocks of a page."""
    lines = page.splitlines()
    number = 0
    while number < len(lines):
        if not lines[number].startswith("```"):
            number += 1
            continue
        above = _COMMENT.fullmatch(lines[number - 1]) if number else None
        first = number + 1
        last = lines.index("```", first)
        yield Block(
            lines[number][3:], above["words"] if above else "", first, last, tuple(lines[first:last])
        )  # fmt: skip
        number = last + 1


def shown(output: str, rule: str) -> list[str]:
    """Return the lines of an output that a rule shows, with three dots for what is left out."""
    lines = output.rstrip("\n").splitlines()
    keep = _kept(lines, rule)
    result: list[str] = []
    for line, kept in zip(lines, keep, strict=True):
        if kept:
            result.append(line)
        elif not result or result[-1] != LEFT_OUT:
            result.append(LEFT_OUT)
    return result


def _kept(lines: list[str], rule: str) -> list[bool]:
    if not rule or not lines:
        return [True] * len(lines)
    if count := re.fullmatch(r"first ([0-9]+) lines?", rule):
        return [number < int(count[1]) for number in range(len(lines))]
    kind, _, wanted = rule.partition(" with ") if rule.startswith("lines with ") else rule.partition(" ")
    words = tuple(wanted.split(" | "))
    if kind == "lines":
        found = [any(word in line for word in words) for line in lines]
    else:
        found, inside = [], False
        for before, line in zip(["", *lines], lines, strict=False):
            inside = line.startswith(words) if not before else inside and bool(line)
            found.append(inside)
    if not any(found):
        raise PageFailsError(f"nothing of the output is shown by the rule {rule!r}: {lines}")
    return found


def refreshed(page: str) -> str:
    """Return the page with the output that its blocks give now.

    Raises:
        PageFailsError: when a command fails and its line does not say so, or a Python block raises.
    """
    found = list(blocks(page))
    if not any(block.runs for block in found):
        return page
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples", folder / "examples")
        printed = _run_shell([block for block in found if block.runs], folder)
        printed |= _run_python([block for block in found if block.runs and _is_python(block)], folder)
    lines = page.splitlines()
    for number, block in reversed(list(enumerate(found))):
        if block.language == "console" and block.runs:
            lines[block.first : block.last] = _with_output(block, printed)
        elif block.language == "text" and number and found[number - 1].last + 2 == block.first - 1:
            before = found[number - 1]
            if before.runs and _is_python(before):
                lines[block.first : block.last] = shown(printed[before.first, 0], block.rule)
    return "\n".join(lines) + "\n"


def _is_python(block: Block) -> bool:
    return block.language == "python" and not block.file


def _with_output(block: Block, printed: dict[tuple[int, int], str]) -> list[str]:
    result: list[str] = []
    for number, command in enumerate(block.commands):
        result += [PROMPT + command, *shown(printed[block.first, number], block.rule)]
    return result


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RANSEL_")}
    beside_python = str(Path(sys.executable).parent)
    return kept | {
        "PATH": os.pathsep.join((beside_python, kept.get("PATH", os.defpath))),
        "COLUMNS": "100",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }


def _run_shell(found: list[Block], folder: Path) -> dict[tuple[int, int], str]:
    """Run the files and commands of a page in one shell; return what each command printed."""
    script, order = ["exec 2>&1"], []
    for block in found:
        if block.file:
            script += [f"mkdir -p \"$(dirname '{block.file}')\"", f"cat > '{block.file}' <<'end of file'"]
            script += [*block.lines, "end of file"]
        elif block.language == "console":
            for number, command in enumerate(block.commands):
                order.append((block.first, number, command))
                script += [command, f"printf '{END} %s\\n' $?"]
    ran = subprocess.run(
        ["bash", "-s"],  # noqa: S607 - the shell of the machine, as the reader's
        input="\n".join(script) + "\n", cwd=folder, env=_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    pieces = re.split(rf"{END} ([0-9]+)\n", ran.stdout)
    printed = {}
    for (first, number, command), output, code in zip(order, pieces[::2], pieces[1::2], strict=False):
        if code != "0":
            raise PageFailsError(f"{command!r} ended with {code}: {output}")
        printed[first, number] = output
    if len(printed) != len(order):
        raise PageFailsError(f"the shell stopped early: {ran.stdout[-1000:]}")
    return printed


def _run_python(found: list[Block], folder: Path) -> dict[tuple[int, int], str]:
    if not found:
        return {}
    ran = subprocess.run(  # noqa: S603 - our own interpreter, our own pages
        [sys.executable, "-c", _RUN_BLOCKS],
        input=json.dumps(["\n".join(block.lines) for block in found]),
        cwd=folder, env=_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise PageFailsError(ran.stderr)
    return {(block.first, 0): output for block, output in zip(found, json.loads(ran.stdout), strict=True)}


def executed_pages() -> tuple[Path, ...]:
    """Return the pages in this folder that have something to run."""
    found = sorted(Path(__file__).parent.rglob("*.md"))
    return tuple(path for path in found if any(block.runs for block in blocks(path.read_text(encoding="utf-8"))))
