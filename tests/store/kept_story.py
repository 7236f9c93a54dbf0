"""Noor's course as it is signed and kept in the default database, step by step, through the one way there is."""

from datetime import timedelta

from chart.story import Story

from ransel.chart.treatment import Treatment

PUMPS = ("PUMP-01", "PUMP-02")


class KeptStory(Story):
    """A story whose every step is loaded, decided, appended and written on the boards."""

    def __init__(self, treatment="T-0001", after_each=None):
        super().__init__(treatment=Treatment(id=treatment))
        self.after_each = after_each

    def sign(self, person, *records, **how):
        from ransel.store.keeping import keep

        self.treatment, entries = keep(self.treatment.id, self.hand(person, **how), lambda _: self.rules(), *records)
        self.now += timedelta(minutes=1)
        if self.after_each:
            self.after_each(self.treatment)
        return entries


def put_pumps_on_the_shelf():
    """Write the pumps of the hospital; those that are there already stay."""
    from ransel.store.models import Pump

    for number in PUMPS:
        Pump.objects.get_or_create(number=number, defaults={"kind": "cadd-solis"})
