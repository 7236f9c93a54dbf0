"""A second opinion on the fluid: the same laws in many small steps, with the maker's figures written out again."""

from dataclasses import dataclass

LINE = 0.444 * 4e-4 / 0.2316  # mL/mmHg: 0.444 mL pushed against 4e-4 per mmHg make 517 mmHg; 0.2316 = -ln(1 - 0.2068)
ABOVE = 0.001
FLAT = 0.5  # mL, at which the tube above is flat
RESISTANCE = 0.11333  # mmHg h/mL
WATER = 73.556  # mmHg/m


@dataclass
class SmallSteps:
    """Bag, line and child by midpoint steps; volumes in mL, rates in mL/h."""

    left: float
    rate: float
    share: float = 1.0
    blocked_below: bool = False
    blocked_above: bool = False
    leak: float = 0.0
    cassette_leak: float = 0.0
    head_m: float = 0.0
    child: float = 0.0
    leaked: float = 0.0
    held: float = 0.0
    drawn: float = 0.0

    def slope(self, left, held, drawn):
        """Flow past the pump, flow out of the cassette's leak."""
        push = max(self.share - 4e-4 * held / LINE - drawn / FLAT, 0.0) * self.rate
        if left > 0 and not (self.blocked_below or self.blocked_above):
            push += self.head_m * WATER / RESISTANCE
        return push, self.cassette_leak if left > 0 else 0.0

    def run(self, hours, steps=20_000):
        """Let time pass."""
        dt = hours / steps
        for _ in range(steps):
            push, lost = self.slope(self.left, self.held, self.drawn)
            half = dt / 2
            middle = (
                self.left - half * (push + lost if self.left > 0 else 0.0),
                self.held + (half * push if self.blocked_below and self.left > 0 else 0.0),
                self.drawn + (half * push if self.blocked_above or self.left <= 0 else 0.0),
            )
            self.step(dt, *self.slope(*middle))
        return self

    def step(self, dt, push, lost):
        """Move what goes in one step."""
        if self.left <= 0:
            self.drawn += push * dt
            return
        if self.blocked_above:
            self.drawn += push * dt
        self.left -= (push + lost) * dt
        self.leaked += lost * dt
        if self.blocked_below:
            self.held += push * dt
        else:
            beside = min(self.leak, push) * dt
            self.leaked += beside
            self.child += push * dt - beside
