"""The access log of one child: everything about that child, nothing about another, and safe to open."""

import csv
import io
from datetime import UTC, datetime

import pytest

AT = datetime(2027, 2, 5, 12, 0, tzinfo=UTC)


def looked(**values):
    from ransel.store.models import AccessRow

    told = {"at": AT, "who": "p-nurse", "role": "day-care-nurse", "organisation": "maxima", "action": "read",
            "page": "chart"}  # fmt: skip
    AccessRow.objects.create(**(told | values))


@pytest.fixture
def log(kept):
    """Looks at the child, by its code or by its treatment, and at somebody else."""
    looked(child="c-0001", treatment=kept)
    looked(treatment=kept, who="p-other", outcome="refused")
    looked(child="c-0001", page="child")
    looked(child="c-0002", treatment="T-0002")
    looked(page="login", action="login")
    return kept


@pytest.mark.parametrize("whom", ["SYN-0001", "c-0001", "T-0001"])
def test_number_code_and_treatment_all_give_every_look_at_the_child_and_no_other(log, whom):
    from ransel.store.reads import COLUMNS, reads_of

    found = [dict(zip(COLUMNS, row, strict=True)) for row in reads_of(whom)]
    assert [(one["who"], one["page"], one["outcome"]) for one in found] == [
        ("p-nurse", "chart", "done"), ("p-other", "chart", "refused"), ("p-nurse", "child", "done")
    ]  # fmt: skip
    assert found[0]["at"] == "2027-02-05T12:00:00+00:00"
    assert log == found[0]["treatment"]


@pytest.mark.parametrize("whom", ["", "nobody", "c-0002", "T-0002", "%", "\0"])
def test_whoever_is_not_known_is_refused(log, whom):
    from ransel.language import Refused
    from ransel.store.reads import reads_of

    assert log
    with pytest.raises(Refused) as caught:
        reads_of(whom)
    assert caught.value.refusals[0].code == "reads.nobody"


def test_a_name_that_means_two_children_is_refused(log):
    from ransel.language import Refused
    from ransel.store.models import Child
    from ransel.store.reads import reads_of

    Child.objects.create(code="c-0003", number=log, name="Another (synthetic)", born=AT.date())
    with pytest.raises(Refused) as caught:
        reads_of(log)
    assert caught.value.refusals[0].code == "reads.two-children"


@pytest.mark.parametrize(
    "reason",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", '=HYPERLINK("http://example.org")'],
)
def test_no_cell_of_the_table_is_taken_for_a_formula(log, reason):
    from ransel.store.reads import as_csv, reads_of

    looked(child="c-0001", reason=reason)
    rows = list(csv.DictReader(io.StringIO(as_csv(reads_of(log)).decode(), newline="")))
    assert rows[-1]["reason"] == f"'{reason}"
    assert rows[0]["reason"] == ""


def test_the_table_keeps_every_letter_of_a_reason(log):
    from ransel.store.reads import COLUMNS, as_csv, reads_of

    reason = 'kind ziek, "nu" kijken;\nspoed – één keer'
    looked(child="c-0001", reason=reason)
    rows = list(csv.reader(io.StringIO(as_csv(reads_of(log)).decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert reason in rows[-1]
