"""One child's treatment, kept; the same as a file; and another Ransel in which nothing is kept yet."""

import shutil
from functools import cache

import pytest
from chart import story as told
from chart.story import Story
from hospital import wards
from hospital_database import BESIDE, DATABASE


@cache
def running_at_home():
    """The story of a child whose infusion runs at home; told once, it never changes."""
    story = told.enrolled()
    for step in (Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1),
                 Story.connected, Story.at_home):  # fmt: skip
        step(story)
    return story


def empty(file):
    """Leave the database as it is before anything was written."""
    from django.db import connection

    connection.close()
    for ending in BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)
    shutil.copy(file.with_name("template.sqlite3"), file)


@pytest.fixture
def kept(hospital_db):
    """A treatment in the database, with the child in the register; gives its id."""
    assert hospital_db.is_file()
    return wards.keep(running_at_home()).id


@pytest.fixture(scope="module")
def exported(django_ready):
    """The treatment as a file, and nothing of it in the database any more."""
    from ransel.store.exported import export_treatment

    file = django_ready.with_name(DATABASE)
    empty(file)
    data = export_treatment(wards.keep(running_at_home()).id)
    empty(file)
    return data
