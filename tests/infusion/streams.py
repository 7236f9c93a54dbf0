"""A tiny builder of event streams: one pump whose counter follows its rate, and a list kept by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ransel.infusion import InfusionPlan, Kind, PumpEvent, read_plan

HOUR = 3_600_000
START = datetime(2027, 2, 5, 13, 0, tzinfo=UTC)
ML = 1_000_000


def at(hours):
    """Return the instant so many hours after the connecting."""
    return START + timedelta(hours=hours)


def course(fills=(250, 250), *, hours=None, rate="2", delivers="240", changed=True, **delivery):
    """Return a course as `ransel course --json` prints it: containers one after another, changed at these hours."""
    hours = hours or [(0, 115), (115, 240)]
    containers = [
        {
            "index": number,
            "kind": "cassette",
            "batch": f"SYN-0001-C1-{number}",
            "concentration_mg_per_mL": "0.142013464411",
            "volume_mL": str(fill),
            "delivered_mL": str(delivers),
            "rate_mL_per_h": rate,
            "start_before": at(begins + 22).isoformat(),
            "finish_before": at(begins + 167).isoformat(),
        }
        for number, (fill, (begins, _)) in enumerate(zip(fills, hours, strict=True), start=1)
    ]
    visits = []
    for number, (begins, ends) in enumerate(hours, start=1):
        is_change = changed and number > 1
        last = number == len(hours) or not changed
        visits.append(_visit("change" if is_change else "connect", number, begins, -2 if is_change else 0, 0.07))
        if last:
            visits.append(_visit("disconnect", number, ends, 0, 4))
    return {
        "schema": "ransel/course/1",
        "patient": {"number": "SYN-0001", "name": "Noor (synthetic)"},
        "protocol": {"id": "dinutuximab-beta-10x24h", "product": "Qarziba", "substance": "dinutuximab beta"},
        "time_zone": "Europe/Amsterdam",
        "start": at(hours[0][0]).isoformat(),
        "end": at(hours[-1][1]).isoformat(),
        "containers": containers,
        "visits": visits,
        "delivery": {
            "flow_error_percent": "6",
            "ordered_mg": "68.1664629173",
            "container_ends_by": "displayed-volume",
            "course_ends_by": "time",
            "priming_mL": "5",
            "lost_volume_made_up": True,
            "restart_rules_after_h": None,
        }
        | delivery,
    }


def _visit(kind, container, hour, before, after):
    return {
        "kind": kind,
        "container": container,
        "place": "home" if kind == "disconnect" else "day-care",
        "earliest": at(hour + before).isoformat(),
        "planned": at(hour).isoformat(),
        "latest": at(hour + after).isoformat(),
    }


def plan(*args, **kwargs) -> InfusionPlan:
    return read_plan(course(*args, **kwargs))


def daily(**delivery):
    """Return the plan of five infusions of eight hours on five days."""
    hours = [(24 * day, 24 * day + 8) for day in range(5)]
    return plan((100,) * 5, hours=hours, rate="12.5", delivers="100", changed=False, **({"priming_mL": "0"} | delivery))


@dataclass
class Pump:
    """A pump that tells what it does; hours count from the connecting of the course."""

    name: str = "P1"
    switched_on: float = -1
    boot: int = 1
    seq: int = 100
    counted: int = 7_000 * ML
    displayed: int = 0
    rate: int = 0
    since: float = 0
    container: int = 0
    events: list[PumpEvent] = field(default_factory=list)
    delay_ms: int = 0

    def tell(self, hour, kind, **data):
        uptime = round((hour - self.switched_on) * HOUR)
        moment = at(self.switched_on) + timedelta(milliseconds=uptime)
        received = moment + timedelta(milliseconds=self.delay_ms)
        self.seq += 1
        self.events.append(
            PumpEvent(self.name, self.boot, self.seq, uptime, kind, data, pump_time=moment, received_at=received)
        )
        return self

    def _run(self, hour):
        volume = round((hour - self.since) * self.rate)
        self.counted += volume
        self.displayed -= volume
        self.since = hour

    def _counts(self, rate):
        return {
            "container": self.container,
            "rate_nL_per_h": rate,
            "strokes": self.counted // 50_000,
            "counted_nL": self.counted,
            "displayed_nL": max(self.displayed, 0),
        }

    def attach(self, hour, container, shows=250, primed=None):
        self.container, self.displayed = container, shows * ML
        self.tell(hour, Kind.CASSETTE_ATTACHED, container=container, displayed_nL=self.displayed)
        if primed is not None:
            self.displayed -= primed * ML
            self.tell(hour, Kind.PRIMED, container=container, volume_nL=primed * ML)
        return self

    def start(self, hour, rate=2.0, cause="start"):
        self.rate, self.since = round(rate * ML), hour
        return self.tell(hour, Kind.STARTED, **self._counts(self.rate), cause=cause)

    def stop(self, hour, cause="user", **data):
        self._run(hour)
        rate, self.rate = self.rate, 0
        return self.tell(hour, Kind.STOPPED, **self._counts(rate), cause=cause, **data)

    def status(self, hour):
        self._run(hour)
        return self.tell(hour, Kind.STATUS, **self._counts(self.rate), mode="running")

    def raise_(self, hour, condition, priority="high"):
        return self.tell(hour, Kind.ALARM_RAISED, condition=condition, priority=priority, reaction="stop", detail="")

    def clear(self, hour, condition):
        return self.tell(hour, Kind.ALARM_CLEARED, condition=condition, by="cause-gone")

    def without(self, *kinds, between=None):
        """Return the events but those of these kinds, or those in these hours."""
        lost = [
            event
            for event in self.events
            if event.kind in kinds or (between and at(between[0]) <= event.pump_time <= at(between[1]))
        ]
        return [event for event in self.events if event not in lost]


def hand(hour, kind, number=1, **data):
    """Return one entry of a list kept by hand."""
    return PumpEvent("nurse", 0, number, 0, kind, data, pump_time=at(hour), received_at=at(hour))


def weighed(hour, container, left, scale="1", number=1, what="residue"):
    return hand(hour, Kind.WEIGHED, number, container=container, what=what, weight_g=str(left), scale_g=scale)


def undisturbed(ends=240):
    """Return a pump that runs two cassettes as planned: 115 h, a change, and to the end."""
    pump = Pump().attach(-0.5, 1, primed=5).start(0)
    for hour in range(4, 115, 4):
        pump.status(hour)
    pump.stop(115).tell(115, Kind.CASSETTE_REMOVED, container=1).attach(115, 2, primed=0).start(115)
    for hour in range(119, ends, 4):
        pump.status(hour)
    return pump.stop(ends, "complete")


def later(event, hours):
    return replace(event, received_at=event.received_at + timedelta(hours=hours))
