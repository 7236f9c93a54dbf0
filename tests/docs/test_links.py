"""Every link of every page leads somewhere, and no page knows the folders of one machine."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.markdown import anchor

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:")
MACHINE = re.compile(r"(?<![\w.:}])/(home|Users|root|" + "tm" + r"p|work)/")


def pages():
    """Every page that git knows or could be told of; what .gitignore names is none of ours."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    words = ROOT / "docs" / "words"  # beginnings of pages; their links are those of the page
    found = {ROOT / name for name in listed.split("\0") if name}
    return sorted(path for path in found if path.is_file() and path.parent != words)


def without_code(text):
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)


def headings(path):
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {anchor(found[1].replace("`", "")) for found in re.finditer(r"^#+ (.+)$", text, flags=re.MULTILINE)}


def dead_links(path):
    dead = []
    for found in LINK.finditer(without_code(path.read_text(encoding="utf-8"))):
        target = found["target"]
        if ELSEWHERE.match(target):
            continue
        place, _, name = unquote(target).partition("#")
        there = (path.parent / place).resolve() if place else path
        if not there.exists() or (name and there.suffix == ".md" and name not in headings(there)):
            dead.append(target)
    return dead


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(path):
    assert dead_links(path) == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_names_a_folder_of_one_machine(path):
    assert MACHINE.findall(path.read_text(encoding="utf-8")) == []


def test_every_page_of_the_documentation_can_be_reached_from_its_first_page():
    start = ROOT / "docs" / "README.md"
    reached, waiting = set(), [start]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = LINK.finditer(without_code(page.read_text(encoding="utf-8")))
        targets = [found["target"].partition("#")[0] for found in links if not ELSEWHERE.match(found["target"])]
        waiting += [(page.parent / target).resolve() for target in targets if target]
    assert {page for page in pages() if page.is_relative_to(ROOT / "docs")} <= reached


def test_the_glossary_is_sorted_and_names_each_word_once():
    rows = [line for line in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    words = [row.split("|")[1].strip().casefold() for row in rows[2:]]
    assert len(words) > 40
    assert words == sorted(set(words))


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](page.md#one) [b](gone.md) [c](#two) [d](https://example.org) `[e](gone.md)`\n", "utf-8")
    assert dead_links(page) == ["gone.md", "#two"]
