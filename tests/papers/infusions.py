"""Plans and streams of events for the picture of an infusion, told by hand so that each says what it is about."""

from datetime import UTC, timedelta
from functools import cache

from papers.cases import CLOCK_CHANGE, SHORT, planned

from ransel.infusion import Kind, PumpEvent, account, read_plan
from ransel.infusion.condition import Condition
from ransel.papers.course_json import course_json

HOUR = timedelta(hours=1)


@cache
def plan_of(**shape):
    return read_plan(course_json(planned(**shape), "en"))


class Stream:
    """What one pump and the people around it told."""

    def __init__(self, plan):
        self.plan, self.events, self.counted = plan, [], 0
        self.zero = plan.start.astimezone(UTC) - HOUR

    def tell(self, at, kind, pump="PUMP-1", **data):
        at = at.astimezone(UTC)
        uptime = int((at - self.zero) / timedelta(milliseconds=1))
        self.events.append(PumpEvent(pump, 1, len(self.events) + 1, uptime, kind, data, at, at))

    def run(self, number, begins, ends, stop="user", condition=""):
        """Let a container of the plan run at its own rate; no stop: the last word is a status."""
        rate = int(self.plan.containers[number - 1].rate.magnitude * 1_000_000)
        told = {"container": number, "rate_nL_per_h": rate}
        self.tell(begins, Kind.STARTED, **told, counted_nL=self.counted, cause="start")
        self.counted += int(rate * ((ends - begins) / HOUR))
        more = {"cause": stop, "condition": condition} if stop else {"mode": "running"}
        self.tell(ends, Kind.STOPPED if stop else Kind.STATUS, **told, counted_nL=self.counted, **more)

    def alarm(self, condition, at, lasts=None, priority="high"):
        self.tell(at, Kind.ALARM_RAISED, condition=condition, priority=priority, reaction="stop", detail="")
        if lasts is not None:
            self.tell(at + lasts, Kind.ALARM_CLEARED, condition=condition, by="acknowledged")

    def hand(self, kind, number, at, **data):
        self.tell(at, kind, "hand", container=number, **data)

    def weigh(self, number, at, gram):
        self.hand(Kind.WEIGHED, number, at, what="residue", weight_g=gram, scale_g="1")

    def whole_course(self):
        """Let everything go as planned: every container primed, connected, run, disconnected and weighed."""
        for one in self.plan.containers:
            begins, ends = one.connect_at, one.disconnect_at - timedelta(minutes=2)
            self.tell(
                begins - timedelta(minutes=2),
                Kind.PRIMED,
                container=one.index,
                volume_nL=int(self.plan.priming.magnitude * 1_000_000),
            )
            self.hand(Kind.CONNECTED, one.index, begins)
            self.run(one.index, begins, ends)
            self.hand(Kind.DISCONNECTED, one.index, ends)
            flowed = one.rate.magnitude * ((ends - begins) // timedelta(minutes=1)) / 60
            self.weigh(one.index, ends, f"{float(one.volume.magnitude - self.plan.priming.magnitude - flowed):.1f}")
        return self

    def ledger(self, now=None):
        return account(self.plan, self.events, now)


def normal():
    return Stream(plan_of()).whole_course()


def syringes():
    return Stream(plan_of(kind="syringes")).whole_course()


def five_times_eight_hours():
    return Stream(plan_of(protocol=SHORT)).whole_course()


def clock_change():
    return Stream(plan_of(start=CLOCK_CHANGE)).whole_course()


def one_container():
    stream = Stream(plan_of())
    stream.run(1, stream.plan.start, stream.plan.start + 46 * HOUR)
    return stream


def silent():
    """Its last word after 80 hours, running."""
    stream = Stream(plan_of())
    stream.run(1, stream.plan.start, stream.plan.start + 80 * HOUR, stop="")
    return stream


def blocked():
    """Blocked for two hours after 37, then weighed with 60 mL too much in it."""
    stream, start = Stream(plan_of()), plan_of().start
    stream.run(1, start, start + 37 * HOUR, "alarm", "occlusion")
    stream.alarm("occlusion", start + 37 * HOUR, 2 * HOUR)
    stream.run(1, start + 39 * HOUR, start + 100 * HOUR)
    stream.weigh(1, start + 100 * HOUR, "107")
    return stream


def forty_alarms():
    """Forty stops for an alarm, ten conditions in turn, three priorities."""
    stream, at = Stream(plan_of()), plan_of().start
    for number in range(40):
        name = list(Condition)[number % 10].value
        stream.run(1, at, at + 2 * HOUR, "alarm", name)
        stream.alarm(name, at + 2 * HOUR, HOUR / 2, ("high", "medium", "low")[number % 3])
        at += 2.5 * HOUR
    return stream


def every_condition():
    stream, at = Stream(plan_of()), plan_of().start
    stream.run(1, at, at + 20 * HOUR, stop="")
    for number, one in enumerate(Condition):
        stream.alarm(one.value, at + (20 + number) * HOUR, None if number % 4 == 0 else HOUR)
    return stream


def nothing():
    return Stream(plan_of())


CASES = {
    "normal": (normal, None),
    "syringes": (syringes, None),
    "5x8h": (five_times_eight_hours, None),
    "clock": (clock_change, None),
    "one": (one_container, 60),
    "silent": (silent, 100),
    "blocked": (blocked, None),
    "forty": (forty_alarms, None),
    "conditions": (every_condition, None),
    "nothing": (nothing, -5),
    "late": (silent, 24 * 400),
    "just-begun": (lambda: _begun(0.1), 0.2),
    "nearly-over": (lambda: _begun(118), 118.1),
}
"""Each with the hours after the planned start at which the account is made; None: at the last word."""


def _begun(hours):
    stream = Stream(plan_of())
    stream.run(1, stream.plan.start, stream.plan.start + hours * HOUR, stop="")
    return stream


@cache
def case(name):
    """Return plan and ledger."""
    make, hours = CASES[name]
    stream = make()
    now = None if hours is None else stream.plan.start + hours * HOUR
    return stream.plan, stream.ledger(now)
