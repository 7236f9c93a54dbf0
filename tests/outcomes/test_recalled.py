"""What was observed in patients stands beside a simulation as it is known: recalled, with its source and its spread."""

import pytest

from ransel.evidence import Confidence
from ransel.language import Refused
from ransel.outcomes.recalled import OBSERVATIONS, read_observations, recalled
from ransel.protocols import Library

OLD, NEW = "dinutuximab-beta-5x8h", "dinutuximab-beta-10x24h-maxima"


@pytest.fixture(name="library", scope="module")
def library_():
    return Library()


def rows(library, *regimens):
    first, second = (library.protocol(name) for name in regimens)
    return {one.measure: one for one in recalled((first, second), read_observations())}


def test_the_observations_are_those_of_the_publications(library):
    found = rows(library, OLD, NEW)
    peak, area = found["peak"], found["area-first"]
    assert (peak.first, peak.second, peak.unit) == (16.51, 12.56, "µg/mL")
    assert (area.first, area.second, area.unit) == (284.8, 189.6, "µg·d/mL")
    assert (area.first_deviation, area.second_deviation) == (156.8, 41.4)
    assert (peak.source, area.source) == ("LAD13, SIE16", "SIE16")
    assert {one.confidence for one in found.values()} == {Confidence.RECALLED}


def test_they_follow_the_regimen_whatever_it_is_called_and_wherever_it_stands(library):
    turned = rows(library, "dinutuximab-beta-10x24h", OLD)
    assert (turned["peak"].first, turned["peak"].second) == (12.56, 16.51)


def test_a_regimen_in_which_nothing_was_observed_has_nothing_beside_it(library):
    assert not rows(library, "blinatumomab-28d", "fluorouracil-46h")
    half = rows(library, "blinatumomab-28d", NEW)
    assert (half["peak"].first, half["peak"].second, half["peak"].source) == (None, 12.56, "SIE16")


def test_a_number_without_a_known_source_is_refused(tmp_path):
    written = OBSERVATIONS.read_text(encoding="utf-8").replace('"LAD13"', '"NOWHERE"')
    path = tmp_path / "recalled.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(Refused, match="NOWHERE"):
        read_observations(path)
