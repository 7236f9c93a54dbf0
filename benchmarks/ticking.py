"""The same pump tick by tick: what the event loop of the twin is measured against.

Plant, controller and people are the same code. Only the way in which time passes differs: in steps of one second,
at each of which the plant goes on, the sensors are read, and the controller observes and does what is due.
"""

from __future__ import annotations

from ransel.pump.delivery import Mode
from ransel.pump.timing import fire
from ransel.pump.twin import Twin

TICK_MS = 1000


class TickingTwin(Twin):
    """A twin whose time passes in steps of one second; only a person who acts in between makes a step shorter."""

    def run(self, until_ms: int) -> None:
        """Let time pass until an instant, tick by tick, or until an alarm calls somebody."""
        self.called = False
        while self.now_ms < until_ms and not self.called:
            self._pass_to(min(self.now_ms + TICK_MS, until_ms))
            self._look()
            if self.controller.mode is not Mode.OFF:
                fire(self.controller, self.uptime_ms)
            self._settle(looked=True)
