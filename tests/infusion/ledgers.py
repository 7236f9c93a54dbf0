"""What the tests of the ledger share: how its moments and amounts are compared, and a pump that runs."""

from infusion.streams import START, Pump

from ransel.quantities import Duration, Mass

PER_ML = Mass("0.142013464411 mg")


def hours(moment):
    return Duration.between(START, moment).to("h")


def codes(ledger):
    return {flag.code for flag in ledger.flags}


def mL(volume):
    return volume.to("mL")


def running(until=24, **kwargs):
    """Return a pump that runs the first cassette, heard every four hours."""
    pump = Pump(**kwargs).attach(-0.5, 1, primed=5).start(0)
    for hour in range(4, until + 1, 4):
        pump.status(hour)
    return pump
