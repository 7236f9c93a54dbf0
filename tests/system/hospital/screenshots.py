"""Takes the pictures of the pages for docs/screenshots: every main page, on a desk and on a telephone.

`make screenshots` runs it. The demo stands at a fixed instant, so that the same program gives the same pictures.
"""

import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from browser import DESK, PHONE, Person, Theatre, serving, theatre  # noqa: E402 - its folder comes first
from PIL import Image  # noqa: E402

FOLDER = HERE.parents[2] / "docs" / "screenshots"
HIGHEST = 2400
HEIGHTS = {DESK: 900, PHONE: 844}
COLOURS = 128


@dataclass(frozen=True)
class Shot:
    """One picture: its name, what it shows, whose page it is, and where; with something that does not fit typed in."""

    name: str
    shows: str
    username: str
    page: str
    stage: str = "at-home"
    container: int = 1
    asks: str = ""
    typed: tuple[tuple[str, str], ...] = ()

    def address(self) -> str:
        """Where the page is."""
        if self.page.startswith("/"):
            return self.page
        from tour import children

        from ransel.hospital.gate import url_of

        child = children()[self.stage]
        return url_of(self.page, child.treatment, child.course, self.container) + self.asks


NOT_FITTING = (
    ("pump", "POMP-20"),
    ("rate", "48"),
    ("volume", "250"),
    ("concentration", "0,1380"),
    ("product", "Qarziba"),
)
SHOTS = (
    Shot("start", "the start page of the demo: who one can be, and what to try", "", "/demo/"),
    Shot("todo", "what a doctor has to do, the most urgent first", "dokter", "todo"),
    Shot("chart", "the chart of a child at home: courses, containers, clocks, visits, entries", "dokter", "chart"),
    Shot("given", "what a child has really received, and how sure that is", "dokter", "given", "change-due"),
    Shot("order", "ordering a course, with the dose derived line by line", "dokter", "order", "measured-again",
         asks="?start=2027-03-12T12:00"),
    Shot("verify", "a second person looks at the whole order", "apotheker", "verify", "ordered"),
    Shot("pharmacy", "the board of the pharmacy: every cassette and its clocks", "laborant", "pharmacy"),
    Shot("batch", "making a cassette: its steps in order, weighed one by one", "laborant", "batch", "weighing"),
    Shot("release", "the pharmacist releases: code and clocks follow", "apotheker", "release", "checked"),
    Shot("day-care", "who comes today and tomorrow, and what is still missing", "dagzorg", "day-care"),
    Shot("guide", "connecting a cassette, step by step", "dagzorg", "guide", "out"),
    Shot("stop", "the pump shows mL in 24 h: nothing is signed", "dagzorg", "programme", "out", typed=NOT_FITTING),
    Shot("ward", "the children whose infusion runs, and when somebody last looked", "afdeling", "ward"),
    Shot("fit", "a doctor signs one by one what must hold before a child goes home", "dokter", "fit", "fit-for-home"),
    Shot("hand-out", "the page of paper that a family takes home", "afdeling", "hand-out"),
    Shot("home-care", "the visits of a home-care organisation", "thuis-noord", "home-care"),
    Shot("stop-visit", "stopping the pump at the kitchen table", "thuis-noord", "stop", "to-disconnect", 2),
    Shot("board", "all children over four weeks", "planning", "board"),
    Shot("research", "the courses without anything that says whose they are", "onderzoek", "research"),
    Shot("research-comparison", "two regimens in own children: what was less, what was more, and how sure that is",
         "onderzoek", "research-comparison"),
    Shot("old-against-new", "what is published about both regimens and what can be worked out, with pages to hand out",
         "dokter", "old-against-new"),
    Shot("people", "who can log in, and in which role", "beheer", "people"),
    Shot("policy", "who may open what, in one table", "beheer", "policy"),
)  # fmt: skip


def main() -> None:
    """Take all pictures anew, and write the page that lists them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served, theatre(served) as stage:
        _wake_django(served.home)
        people: dict[str, Person] = {}
        for shot in SHOTS:
            if shot.username not in people:
                people[shot.username] = _visitor(stage, shot.username)
            for width in HEIGHTS:
                _take(people[shot.username], shot, width)
        _take_label(people["apotheker"])
    _write_list()


def _wake_django(home: Path) -> None:
    """Wake Django for the addresses of the pages only."""
    import os

    os.environ.update({"RANSEL_HOME": str(home), "RANSEL_DEMO": "1"})
    from ransel.hospital.start import start_django

    start_django()
    import ransel.hospital.urls  # noqa: F401 - registers the pages


def _visitor(stage: Theatre, username: str) -> Person:
    return stage.enter(username) if username else stage.stranger()


def _take(person: Person, shot: Shot, width: int) -> None:
    page = person.page
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    person.open(shot.address())
    if shot.typed:
        person.expect_refused(dict(shot.typed))
    height = page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, HIGHEST)}
    _keep(page.screenshot(full_page=True, clip=clip), f"{shot.name}-{width}")


def _take_label(person: Person) -> None:
    """Draw the label that the pharmacy prints, from the file that the page gives."""
    import pypdfium2

    shot = Shot("label", "", "", "label", "in-fridge")
    content = person.page.request.get(shot.address()).body()
    drawn = pypdfium2.PdfDocument(content)[0].render(scale=4).to_pil()
    _keep(_png(drawn), "label")


def _png(image: Image.Image) -> bytes:
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def _keep(content: bytes, name: str) -> None:
    """Keep a picture with few colours: pages have few, and the repository stays small."""
    image = Image.open(BytesIO(content)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(FOLDER / f"{name}.png", optimize=True)


def _write_list() -> None:
    lines = [
        "# Screenshots",
        "",
        "The pages of the demo, on a desk (1280 px) and on a telephone (390 px). `make screenshots` takes them anew.",
        "All children and people are synthetic.",
        "",
        *(
            f"- {one.shows}: [{one.name}, desk]({one.name}-{DESK}.png), [telephone]({one.name}-{PHONE}.png)"
            for one in SHOTS
        ),
        "- the label on a cassette, as the pharmacy prints it: [label](label.png)",
    ]
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
