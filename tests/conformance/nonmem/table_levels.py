"""The levels that Ransel calculates for an event table, as a person would ask for them."""

import numpy as np

from ransel.pharmacokinetics.events.schedule_of_events import dosing_of
from ransel.pharmacokinetics.events.table import read_event_table
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.linear.engine import concentrations_at


def individuals(*children):
    """Children as Ransel holds them; each is a list of its models, one for an occasion."""
    rows = [one if isinstance(one, list) else [one] for one in children]
    values = {
        name: np.array([[getattr(model, name) for model in row] for row in rows])
        for name in ("clearance", "volume", "exchange", "peripheral")
    }
    return Individuals(**values)


def levels(text, *children):
    """The levels of the rows with EVID 0 of all children, in the order of the rows."""
    dosing = dosing_of(read_event_table(text, "table.csv"))
    whole = individuals(*children)
    drawn = dosing.drawings
    return np.asarray(concentrations_at(whole, dosing.schedule(whole), drawn.times, drawn.offsets))


def table(*rows, columns="ID,TIME,AMT,RATE,II,ADDL,SS,EVID"):
    """A table out of its rows."""
    return "\n".join([columns, *rows]) + "\n"


def drawn(*times, child=1, empty=",.,.,.,.,.,0"):
    """The rows of levels at these times."""
    return [f"{child},{time}{empty}" for time in times]
