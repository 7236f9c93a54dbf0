"""Planned courses, releases and rendered pages for the tests of papers."""

import io
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pypdfium2

from ransel.compounding import BatchRecord, Lot, release, weighing_steps
from ransel.compounding.weighing import weigh
from ransel.planning import Agenda, plan_whole_course
from ransel.prescribing import Patient
from ransel.protocols import Library, read_toml, validate
from ransel.quantities import Mass

EXAMPLE = Path(__file__).parents[2] / "examples" / "noor.toml"
LIBRARY = Library()
AGENDA = Agenda(LIBRARY.site)
NOW = datetime(2027, 2, 2, 9, tzinfo=AGENDA.zone)
FRIDAY = datetime(2027, 2, 5, 14)  # noqa: DTZ001 - by the hospital's wall clock
CLOCK_CHANGE = datetime(2027, 3, 19, 13)  # noqa: DTZ001
MAXIMA, SHORT = "dinutuximab-beta-10x24h-maxima", "dinutuximab-beta-5x8h"
SHAPES = ({}, {"kind": "syringes"}, {"protocol": SHORT}, {"start": CLOCK_CHANGE}, {"course": 5})


def patient(**changes):
    return validate(Patient, {**read_toml(EXAMPLE), **changes}, "noor")


@cache
def planned(protocol=MAXIMA, start=FRIDAY, kind="", course=1, name="", number=""):
    changes = {key: value for key, value in (("name", name), ("number", number)) if value}
    return plan_whole_course(
        patient(**changes),
        LIBRARY.protocol(protocol),
        AGENDA,
        course=course,
        now=NOW,
        start=start.replace(tzinfo=AGENDA.zone).astimezone(UTC),
        kind=kind,
    )


def released(course, number=1, by="C. Visser"):
    """The release of a container that was made exactly right."""
    made = course.plan.preparations[number - 1]
    steps = weighing_steps(made.container.recipe, course.order.protocol)
    record = BatchRecord(
        code=course.code(made),
        container=made.container,
        clock=made.clock,
        lots=tuple(Lot(one.id, f"LOT-{one.id}", date(2028, 1, 31)) for one in made.container.recipe.ingredients),
        weighings=tuple(weigh(step, Mass("100 g"), Mass("100 g") + Mass(step.expected.value)) for step in steps),
        made_by="A. de Groot",
        checked_by="B. Jansen",
        stability_confirmed_by="D. Bos",
    )
    return release(record, made.planned + timedelta(hours=1), by)


def pages(pdf):
    return list(pypdfium2.PdfDocument(pdf))


def text_of(pdf):
    """All text of a document, as a reader would copy it, line breaks and zero-width spaces left out.

    The reader of the PDF marks a hyphen at the end of a line with a letter of its own, U+FFFE or U+0002.
    """
    texts = (page.get_textpage().get_text_bounded() for page in pages(pdf))
    return " ".join(" ".join(texts).replace("\u200b", "").replace("\ufffe", "-").replace("\x02", "-").split())


def image_of(page, dots_per_inch):
    return page.render(scale=dots_per_inch / 72).to_pil()


def png_of(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def size_in_mm(page):
    return tuple(round(side / 72 * 25.4, 1) for side in page.get_size())
