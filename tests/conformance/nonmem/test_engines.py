"""What a table means does not depend on which model calculates it."""

import numpy as np
import pytest
from conformance.nonmem.brute_force import Child
from conformance.nonmem.table_levels import drawn, individuals, table

from ransel.pharmacokinetics.events.schedule_of_events import dosing_of
from ransel.pharmacokinetics.events.table import read_event_table
from ransel.pharmacokinetics.level_models import LinearModel, SaturableModel
from ransel.pharmacokinetics.schedule import Grid

HARDLY = SaturableModel(most=1e-12, half=1.0)
"""A second way out so narrow that nothing leaves by it."""
TABLES = {
    "repeats and overlaps": table("1,0,90,6,10,2,0,1", "1,5,.,.,.,.,.,0", "1,5,40,0,.,.,.,1", *drawn(5, 30, 60)),
    "steady state, then more": table("1,0,100,20,12,1,1,1", "1,30,60,0,24,.,2,1", *drawn(31, 40)),
    "resets": table("1,0,100,2,.,.,.,1", "1,10,60,0,.,.,.,4", *drawn(11), "1,12,.,.,.,.,.,3", *drawn(12, 15)),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_integrator_follows_a_table_as_the_exact_engine_does(name):
    dosing, whole = dosing_of(read_event_table(TABLES[name])), individuals(Child())
    given = dosing.schedule(whole)
    exact, integrated = (model.at(whole, given, dosing.drawings) for model in (LinearModel(), HARDLY))
    assert integrated == pytest.approx(exact, rel=1e-5, abs=1e-9)
    grid = Grid(first=0.25, step=0.5, points=130)
    exact, integrated = (model.on_grid(whole, given, grid) for model in (LinearModel(), HARDLY))
    assert integrated == pytest.approx(exact, rel=1e-5, abs=1e-9)
    windows = np.array([[0.0, 20.0], [20.0, 65.0]])
    exact, integrated = (model.over(whole, given, windows, 5.0) for model in (LinearModel(), HARDLY))
    for part in ("area", "peak", "at_end", "above"):
        assert getattr(integrated, part) == pytest.approx(getattr(exact, part), rel=1e-4, abs=1e-8), part
