"""What must never come into the repository.

The patterns are put together from pieces, so that this file does not match itself.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = "requirements.lock"
LONGEST_FILE = 500
SOURCE_SUFFIXES = {".py", ".js", ".css", ".html", ".sh", ".sql", ".typ"}
GENERATED_LOCKS = {"uv" + ".lock", "pylock" + ".toml"}


def _any_of(*pieces):
    return re.compile("|".join("".join(parts) for parts in pieces))


DOWNLOAD_ADDRESS = _any_of(
    (r"files\.python", r"hosted"),
    (r"pypi\.org/", r"(simple|packages)"),
    (r"pypi\.(python|tuna|douban|mirrors|doubanio)", r"\."),
    (r"registry\.", r"(npmjs|yarnpkg|npmmirror)"),
    (r"(?<![\w-])--(extra-)?index", r"-url"),
    (r"(?<![\w-])--find", r"-links"),
    (r"^\s*(extra-)?index", r"-url\s*="),
    (r"resolved\"?:? ?\"?", r"https?:"),
    (r"https?://[^\s\"'<>]*/", r"simple(/|\b)"),
    (r"https?://[^\s\"'<>]*/[^\s\"'<>]*\.(whl", r"|tgz|tar\.gz|deb|crate)\b"),
    (r"(proxy\.golang|", r"static\.crates|conda\.anaconda)\."),
    (r"(cdn\.jsdelivr|unpkg|cdnjs\.cloudflare)", r"\.(net|com)"),
    (r"https?://[^\s\"'<>]*", r"(artifactory|/nexus/)"),
)
MACHINE_PATH = _any_of(
    (r"(?<![\w.:}])/(home|Users|root|tmp)", r"/[\w.-]+"),
    (r"\b[A-Z]:\\+", r"Users\\"),
)
LEFT_UNDONE = _any_of((r"\bTO", r"DO\b"), (r"\bFIX", r"ME\b"), (r"\bX", r"XX\b"))
NOT_RUN = _any_of(
    (r"\bmark\s*\.\s*", r"(skip|skipif|xfail)\b"),
    (r"\bpytest\s*\.\s*", r"(skip|xfail|importorskip)\b"),
    (r"\bunittest\s*\.\s*", r"(skip|expectedFailure)"),
    (r"\b@(skip|skipIf|skipUnless|", r"expectedFailure)\b"),
    (r"\bfrom (pytest|unittest) import .*", r"\b(importorskip|xfail|skip\w*|SkipTest)\b"),
)


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def text_of(path):
    """The text of a file; a binary file has none."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def found(pattern, files):
    """Every match with its place."""
    return [
        f"{path.name}:{number}: {match[0]}"
        for path in files
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if (match := pattern.search(line))
    ]


def too_long(files):
    return [path.name for path in files if path.suffix in SOURCE_SUFFIXES and text_of(path).count("\n") > LONGEST_FILE]


def without_hash(lock):
    """The requirements of a lock file that are not pinned to a version and a hash."""
    lines = lock.replace("\\\n", " ").splitlines()
    pinned = re.compile(r"[\w.\[\]-]+==\S+( *;[^#@]*?)?( +--hash=sha256:[0-9a-f]{64})+ *")
    return [line for line in lines if line.strip() and not line.startswith("#") and not pinned.fullmatch(line)]


@pytest.fixture(name="files", scope="module")
def files_():
    files = tracked_files()
    assert ROOT / "pyproject.toml" in files
    return files


def test_no_file_says_where_a_package_was_downloaded(files):
    assert not found(DOWNLOAD_ADDRESS, files)


def test_no_file_knows_the_folders_of_one_machine(files):
    assert not found(MACHINE_PATH, files)


def test_nothing_is_left_undone_in_a_comment(files):
    assert not found(LEFT_UNDONE, files)


def test_every_test_is_run(files):
    assert not found(NOT_RUN, [path for path in files if path.suffix == ".py"])


def test_no_lock_file_with_addresses_is_tracked(files):
    assert not [path.name for path in files if path.name in GENERATED_LOCKS]


def test_every_source_file_is_small_enough_to_hold_in_the_head(files):
    assert not too_long(files)


def test_every_requirement_is_locked_to_a_version_and_a_hash():
    lock = (ROOT / LOCK).read_text(encoding="utf-8")
    assert lock.count("==") > 10
    assert not without_hash(lock)


# Each guard can fail.


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DOWNLOAD_ADDRESS, "https://files.python" + "hosted.org/packages/a.whl"),
        (DOWNLOAD_ADDRESS, "https://pypi.org/" + "simple"),
        (DOWNLOAD_ADDRESS, "https://mirror.example/pypi/" + "simple/"),
        (DOWNLOAD_ADDRESS, '"resolved": "' + "https://example.org/a"),
        (DOWNLOAD_ADDRESS, 'resolved "' + "https://example.org/a"),
        (DOWNLOAD_ADDRESS, "https://registry." + "npmjs.org/htmx"),
        (DOWNLOAD_ADDRESS, "pip install --index" + "-url there"),
        (DOWNLOAD_ADDRESS, "--extra-index" + "-url there"),
        (DOWNLOAD_ADDRESS, "index" + "-url = there"),
        (DOWNLOAD_ADDRESS, "https://example.org/a-1.0." + "tar.gz"),
        (DOWNLOAD_ADDRESS, "https://cdn.jsdelivr" + ".net/npm/htmx"),
        (MACHINE_PATH, '"/home' + '/nurse/ransel"'),
        (MACHINE_PATH, "file:///home" + "/nurse"),
        (MACHINE_PATH, "/Users" + "/nurse/x"),
        (MACHINE_PATH, "/t" + "mp/out.pdf"),
        (MACHINE_PATH, "C:\\" + "Users\\nurse"),
        (LEFT_UNDONE, "# TO" + "DO: later"),
        (LEFT_UNDONE, "FIX" + "ME"),
        (LEFT_UNDONE, "X" + "XX"),
        (NOT_RUN, "@pytest.mark." + "skip"),
        (NOT_RUN, "@pytest.mark." + 'skipif(x, reason="y")'),
        (NOT_RUN, "pytestmark = pytest.mark." + "xfail"),
        (NOT_RUN, "pytest." + 'skip("no")'),
        (NOT_RUN, "pytest." + 'importorskip("numpy")'),
        (NOT_RUN, "@unittest." + "skip"),
        (NOT_RUN, "from pytest " + "import mark, xfail"),
    ],
)
def test_the_guard_finds_what_it_is_there_for(tmp_path, pattern, text):
    (tmp_path / "file").write_text(f"first line\n{text}\n", encoding="utf-8")
    assert [line.startswith("file:2: ") for line in found(pattern, [tmp_path / "file"])] == [True]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DOWNLOAD_ADDRESS, "uv pip compile --no-emit-index" + "-url"),
        (DOWNLOAD_ADDRESS, "https://pypi.org/project/ransel"),
        (DOWNLOAD_ADDRESS, "https://hl7.org/fhir/R5/index.html"),
        (MACHINE_PATH, "#!/usr/bin/env bash"),
        (MACHINE_PATH, "https://example.org/home" + "/nurse"),
        (MACHINE_PATH, "the child goes home/school"),
        (LEFT_UNDONE, "todos and fixes"),
        (NOT_RUN, "skip the cassette"),
    ],
)
def test_the_guard_leaves_alone_what_is_allowed(tmp_path, pattern, text):
    (tmp_path / "file").write_text(text, encoding="utf-8")
    assert not found(pattern, [tmp_path / "file"])


def test_the_guard_finds_a_file_that_is_too_long(tmp_path):
    for lines in (LONGEST_FILE, LONGEST_FILE + 1):
        (tmp_path / f"{lines}.py").write_text("x = 1\n" * lines, encoding="utf-8")
        (tmp_path / f"{lines}.toml").write_text("x = 1\n" * lines, encoding="utf-8")
    assert too_long(sorted(tmp_path.iterdir())) == [f"{LONGEST_FILE + 1}.py"]


HASH = "--hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    "line",
    [
        "biip==5.2",
        "biip",
        f"biip>=5.2 {HASH}",
        f"biip @ file:biip.whl {HASH}",
        "biip==5.2 --hash=md5:00",
        "-r other.lock",
        "biip==5.2 \\\n    \\\n",
    ],
)
def test_the_guard_finds_a_requirement_without_a_hash(line):
    assert without_hash(line)


@pytest.mark.parametrize(
    "line",
    [f"biip==5.2 {HASH}", f"biip==5.2 \\\n    {HASH} \\\n    {HASH}\n", f"a-b==1 ; os_name == 'nt' \\\n    {HASH}"],
)
def test_the_guard_leaves_a_locked_requirement_alone(line):
    assert not without_hash(line)
