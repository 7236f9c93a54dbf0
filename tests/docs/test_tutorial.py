"""The tutorial, the how-to pages and the explaining pages are executed; what they show is what came."""

import pytest

from docs.executed import PageFailsError, blocks, executed_pages, refreshed, shown

MUST_RUN = {
    "tutorial.md",
    "add-your-hospitals-protocol.md",
    "change-opening-hours.md",
    "run-a-course-that-goes-wrong.md",
    "account-a-recorded-stream.md",
    "check-the-pump-against-published-requirements.md",
    "what-was-given.md",
}


def test_the_pages_that_teach_are_run():
    assert {page.name for page in executed_pages()} >= MUST_RUN


@pytest.mark.parametrize("page", executed_pages(), ids=lambda page: page.stem)
def test_a_page_shows_what_its_blocks_print(page):
    text = page.read_text(encoding="utf-8")
    assert refreshed(text).splitlines() == text.splitlines()


@pytest.mark.parametrize("page", executed_pages(), ids=lambda page: page.stem)
def test_every_console_block_of_a_page_begins_with_a_command(page):
    consoles = [block for block in blocks(page.read_text(encoding="utf-8")) if block.language == "console"]
    assert all(block.lines[0].startswith("$ ") for block in consoles)


# The machinery can fail.


def test_an_output_that_changed_is_put_right():
    assert refreshed("```console\n$ echo two\none\n```\n") == "```console\n$ echo two\ntwo\n```\n"


def test_a_python_block_gets_its_output_behind_it():
    page = "```python\nprint(6 * 7)\n```\n\n```text\n41\n```\n"
    assert refreshed(page) == page.replace("41", "42")


def test_python_blocks_of_a_page_share_their_names():
    page = "```python\nnumber = 6\n```\n\n```python\nprint(number)\n```\n\n```text\n```\n"
    assert refreshed(page).endswith("```text\n6\n```\n")


def test_a_file_block_is_written_before_what_follows():
    page = (
        "<!-- file: deep/word.txt -->\n```text\nhello $HOME\n```\n\n```console\n$ cat deep/word.txt\nhello $HOME\n```\n"
    )
    assert refreshed(page) == page


@pytest.mark.parametrize("block", ["console\n$ false", "console\n$ exit 3", "python\nraise ValueError"])
def test_a_block_that_fails_fails_the_page(block):
    with pytest.raises(PageFailsError):
        refreshed(f"```{block}\n```\n")


def test_a_rule_that_shows_nothing_fails_the_page():
    with pytest.raises(PageFailsError):
        refreshed("<!-- shows: parts Visits -->\n```console\n$ echo other\n```\n")


def test_a_block_that_is_not_run_is_left_alone():
    page = "<!-- not run -->\n```console\n$ false\nanything\n```\n"
    assert refreshed(page) == page


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", ["Dose", "  1 mg", "", "Visits", "  Fri", "", "End"]),
        ("parts Dose", ["Dose", "  1 mg", "..."]),
        ("parts Visits", ["...", "Visits", "  Fri", "..."]),
        ("parts Dose | End", ["Dose", "  1 mg", "...", "End"]),
        ("lines with mg | End", ["...", "  1 mg", "...", "End"]),
        ("first 1 lines", ["Dose", "..."]),
    ],
)
def test_a_rule_shows_a_part_of_an_output(rule, expected):
    assert shown("Dose\n  1 mg\n\nVisits\n  Fri\n\nEnd\n", rule) == expected
