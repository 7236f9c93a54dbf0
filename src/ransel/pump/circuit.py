"""The way of the fluid: bag, tube, pump, line, child. Closed form between two changes, never a time step.

The laws and their grounds are told in docs/explanation/pump-model.md.
"""

from __future__ import annotations

from ransel.pump.account import Account
from ransel.pump.figures import MMHG_PER_METRE, Fluid
from ransel.pump.stage import NEVER, hours_to_lose, hours_to_move, moved, moved_at_most

AN_INSTANT = 1.0
"""What is pushed at once is pushed at `volume per hour` for one hour in which no time passes."""


class Circuit:
    """What moves, what stands in its way, and where it went. Every attribute may be changed; it holds from now on.

    Values:
        flow_error: of this one pump, as a fraction. ambient_C: around pump and bag.
        height_m: pump and bag above the site. bag_below_pump_m. back_pressure_mmHg: of the vein.
        thin_catheter: as thin as the one the maker tested.
        latched: the cassette sits on the pump; only then a stroke moves anything, and its flow stop is open.
        tube_shut: the flow stop never opened. Strokes move nothing, and no pressure, vacuum or air shows it.
        latch_open_flow: the flow stop stays open when the cassette is off the pump. pinch_leaks: the pump does not
            close the tube. anti_siphon_valve: it holds against a small head, and always against flow back.
        free_flow: flow stop, pump and valve all let fluid through towards the child.
        leak_mL_per_h: of what comes out of the line, so much goes beside the child.
        cassette_leak_mL_per_h: so much leaves the bag, running or not.
        flow_sensor_error: as a fraction. seen_mL: what a flow sensor has seen go by.
        air_into_child_mL: no one sees it. accounts: by container.
    """

    __slots__ = (
        "_account",
        "_air_waiting",
        "_attached",
        "_blocked_above",
        "_blocked_below",
        "_bubble",
        "_drawn",
        "_fluid",
        "_fluid_since_bubble",
        "_held_air",
        "accounts",
        "air_into_child_mL",
        "ambient_C",
        "anti_siphon_valve",
        "back_pressure_mmHg",
        "bag_below_pump_m",
        "cassette_leak_mL_per_h",
        "child_connected",
        "flow_error",
        "flow_sensor_error",
        "free_flow",
        "height_m",
        "latch_open_flow",
        "latched",
        "leak_mL_per_h",
        "pinch_leaks",
        "seen_mL",
        "thin_catheter",
        "tube_shut",
    )

    def __init__(self, fluid: Fluid, flow_error: float) -> None:
        self._fluid = fluid
        self.flow_error = flow_error
        self.ambient_C = fluid.room_C
        self.height_m = self.bag_below_pump_m = self.back_pressure_mmHg = 0.0
        self.leak_mL_per_h = self.cassette_leak_mL_per_h = self.flow_sensor_error = 0.0
        self.anti_siphon_valve = True
        self.thin_catheter = self.tube_shut = self.latched = self.child_connected = False
        self.latch_open_flow = self.pinch_leaks = self.free_flow = False
        self._blocked_above = self._blocked_below = self._attached = False
        self.accounts: dict[int, Account] = {}
        self._account: Account | None = None
        self._drawn = self._held_air = 0.0
        self._air_waiting = self._bubble = 0.0
        self._fluid_since_bubble = NEVER
        self.air_into_child_mL = self.seen_mL = 0.0

    # ------------------------------------------------------------------ containers

    def attach(self, container: int, volume_mL: float | None = None) -> None:
        """Put a container on the pump and latch it; one that was there before comes back as it is, without a volume.

        The line goes over to it. What an occlusion held in the line of another container runs out beside the child.

        Raises:
            ValueError: for a new container without a volume, or a known one with a volume.
        """
        if (container in self.accounts) == (volume_mL is not None):
            raise ValueError(f"container {container}: a new one needs a volume, a known one has its own")
        if volume_mL is not None:
            self.accounts[container] = Account(volume_mL, volume_mL)
        account = self.accounts[container]
        if account is not self._account:
            if self._account is not None:
                self._account.leaked_mL += self._account.in_line_mL
                self._account.in_line_mL = 0.0
            self._account = account
            self._held_air = self._air_waiting = 0.0
        self._drawn = 0.0
        self._attached = self.latched = True

    def detach(self) -> None:
        """Take the container off the pump; its line stays where it is."""
        self._attached = self.latched = False
        self._drawn = 0.0

    def add_air(self, volume_mL: float) -> None:
        """Let a bubble wait above the detector: the next thing that moves."""
        self._air_waiting += volume_mL
        if not self._blocked_above:
            self._drawn = 0.0

    # ------------------------------------------------------------------ what blocks

    @property
    def blocked_below(self) -> bool:
        """Whether nothing gets from the line into the child. What was held up flows as soon as it no longer is."""
        return self._blocked_below

    @blocked_below.setter
    def blocked_below(self, blocked: bool) -> None:
        self._blocked_below = blocked
        if not blocked and self._account is not None:
            drug, air = self._account.in_line_mL, self._held_air
            self._account.in_line_mL = self._held_air = 0.0
            self._let_out(self._account, drug, air, 0.0)

    @property
    def blocked_above(self) -> bool:
        """Whether nothing gets from the bag to the pump."""
        return self._blocked_above

    @blocked_above.setter
    def blocked_above(self, blocked: bool) -> None:
        self._blocked_above = blocked
        if not blocked and not self.is_dry:
            self._drawn = 0.0

    @property
    def is_dry(self) -> bool:
        """Whether the pump finds neither fluid nor air."""
        return self._account is None or (self._account.left_mL <= 0.0 and self._air_waiting <= 0.0)

    # ------------------------------------------------------------------ truth

    @property
    def left_mL(self) -> float:
        """What is in the container on the pump, or in the last one."""
        return self._account.left_mL if self._account else 0.0

    @property
    def into_child_mL(self) -> float:
        """Drug that has reached the child, out of all containers."""
        return sum(account.into_child_mL for account in self.accounts.values())

    @property
    def in_line_mL(self) -> float:
        """What an occlusion holds in the line; it flows into the child when the occlusion goes."""
        return self._account.in_line_mL if self._account else 0.0

    # ------------------------------------------------------------------ laws

    def share_delivered(self, rate_mL_per_h: float) -> float:
        """Return what part of the commanded flow the pump delivers, with neither occlusion nor vacuum."""
        fluid = self._fluid
        degrees = self.ambient_C - fluid.room_C
        share = (
            1.0
            + self.flow_error
            + fluid.per_metre * self.height_m
            - fluid.per_metre_of_bag * self.bag_below_pump_m
            + degrees * (fluid.per_degree_warm if degrees > 0.0 else -fluid.per_degree_cold)
        )
        if self.child_connected:
            share -= fluid.per_mmHg * self.back_pressure_mmHg
            if self.thin_catheter and not self._blocked_below:
                against = fluid.per_mmHg * fluid.catheter_mmHg_h_per_mL * rate_mL_per_h
                share -= against / (1.0 + against)
        return max(share, 0.0)

    def _stage(self, rate_mL_per_h: float, fall_mL_per_h: float) -> tuple[float, float]:
        """Return start and decay of the movement that goes on now."""
        if not self._attached or self.tube_shut:
            return 0.0, 0.0
        if rate_mL_per_h == 0.0 or not self.latched:
            return fall_mL_per_h, 0.0
        fluid = self._fluid
        share = self.share_delivered(rate_mL_per_h)
        decay = 0.0
        dry = self.is_dry
        if self._blocked_below:
            against = fluid.per_mmHg / fluid.line_mL_per_mmHg
            share -= against * self._held
            decay = 0.0 if dry else against
        if self._blocked_above or dry:
            against = 1.0 / (fluid.above_mL_per_mmHg * fluid.strongest_vacuum_mmHg)
            share -= against * self._drawn
            decay += against
        return max(share, 0.0) * rate_mL_per_h + fall_mL_per_h, decay * rate_mL_per_h

    def _fall(self) -> float:
        """Return what runs by gravity, in mL/h; below nothing when it runs back out of the child."""
        if not (self.free_flow or self.pinch_leaks or self.latch_open_flow):
            return 0.0
        is_open = self.free_flow or (self.pinch_leaks if self.latched else self.latch_open_flow)
        blocked = self._blocked_below or self._blocked_above or self.tube_shut or self.is_dry
        if not is_open or blocked or not self._attached:
            return 0.0
        fluid = self._fluid
        head = (self.height_m - self.bag_below_pump_m) * MMHG_PER_METRE
        resistance = fluid.line_mmHg_h_per_mL
        if self.child_connected:
            head -= self.back_pressure_mmHg
            resistance += fluid.catheter_mmHg_h_per_mL if self.thin_catheter else 0.0
        if head < 0.0 and (self.anti_siphon_valve or not self.child_connected):
            return 0.0
        if self.anti_siphon_valve and not self.free_flow and head < fluid.valve_opens_mmHg:
            return 0.0
        return head / resistance

    @property
    def _held(self) -> float:
        """What the line holds, drug and air; in mL."""
        return self._account.in_line_mL + self._held_air if self._account else 0.0

    def _cassette_leak(self) -> float:
        account = self._account
        return self.cassette_leak_mL_per_h if self._attached and account and account.left_mL > 0.0 else 0.0

    # ------------------------------------------------------------------ moving

    def _run(self, rate_mL_per_h: float, hours: float) -> None:
        """Let time pass with the motor at this rate."""
        account = self._account
        while hours > 0.0 and account is not None:
            leak = self._cassette_leak()
            start, decay = self._stage(rate_mL_per_h, self._fall())
            if start == 0.0 and leak == 0.0:
                return
            hours = self._step(account, (start, decay, leak, self.leak_mL_per_h), hours)

    def push(self, nominal_nL: int) -> None:
        """Move this much at once; a negative volume goes back out of the line, as far as the line holds any."""
        volume = nominal_nL / 1e6
        account = self._account
        if account is None or not self.latched or self.tube_shut:
            return
        if volume < 0.0:
            self._back_off(account, -volume * self.share_delivered(0.0))
            return
        rest = AN_INSTANT
        while rest > 0.0:
            start, decay = self._stage(volume, 0.0)
            if start == 0.0:
                return
            rest = self._step(account, (start, decay, 0.0, 0.0), rest)

    def _step(self, account: Account, law: tuple[float, float, float, float], hours: float) -> float:
        """Go on until the time is over, a bubble has passed or the bag runs dry; return what is left of the time."""
        start, decay, leak, line_leak = law
        dry, air = self.is_dry, self._air_waiting
        until = NEVER
        if not dry:
            until = hours_to_move(start, decay, air) if air else hours_to_lose(start, decay, leak, account.left_mL)
        span = min(hours, until)
        volume = moved(start, decay, span)
        if self._blocked_above or dry:
            self._drawn += volume
        if dry:
            return hours - span
        leaked = min(leak * span, account.left_mL)
        account.leaked_mL += leaked
        account.left_mL -= leaked
        if until <= hours:
            volume = air or account.left_mL
        self.seen_mL += volume * (1.0 + self.flow_sensor_error)
        if air > 0.0 and volume > 0.0:
            self._take_air(min(volume, air))
        else:
            self._take_drug(account, volume, moved_at_most(start, decay, span, line_leak))
        return hours - span

    def _take_air(self, volume: float) -> None:
        """Move this much of the bubble past the detector."""
        self._air_waiting -= volume
        self._bubble = self.bubble_mL + volume
        self._fluid_since_bubble = 0.0
        if self._blocked_below:
            self._held_air += volume
        elif self.child_connected:
            self.air_into_child_mL += volume

    def _take_drug(self, account: Account, volume: float, beside: float) -> None:
        """Move this much drug past the detector; below nothing it comes back out of the child."""
        if volume < 0.0:
            account.left_mL -= volume
            account.into_child_mL += volume
            return
        volume = min(volume, account.left_mL)
        account.left_mL -= volume
        self._fluid_since_bubble += volume
        if self._blocked_below:
            account.in_line_mL += volume
        else:
            self._let_out(account, volume, 0.0, beside)

    @property
    def bubble_mL(self) -> float:
        """Air that has gone by the detector, until enough fluid has followed to fill it."""
        return self._bubble if self._fluid_since_bubble < self._fluid.detector_mL else 0.0

    def _let_out(self, account: Account, drug: float, air: float, leaks: float) -> None:
        """Let this come out of the line, where a child is connected or not."""
        if not self.child_connected:
            account.primed_mL += drug
            return
        leaked = min(leaks, drug)
        account.leaked_mL += leaked
        account.into_child_mL += drug - leaked
        self.air_into_child_mL += air

    def _back_off(self, account: Account, volume: float) -> None:
        """Take this volume back from the line: drug before air; beyond that from the child if no valve is there."""
        drug = min(volume, account.in_line_mL)
        air = min(volume - drug, self._held_air)
        rest = volume - drug - air
        self._drawn = max(self._drawn - drug - air, 0.0)
        account.in_line_mL -= drug
        self._held_air -= air
        self._air_waiting += air
        if self.child_connected and not (self.anti_siphon_valve or self._blocked_below):
            drug += rest
            account.into_child_mL -= rest
        account.left_mL += drug
        self.seen_mL -= (drug + air) * (1.0 + self.flow_sensor_error)

    # ------------------------------------------------------------------ what comes

    def _hours_to(self, rate_mL_per_h: float, line_mL: float, drawn_mL: float, passing_mL: tuple[float, ...]) -> float:
        """Return when the line first holds this much more, the tube above lacks it, or one of these has passed.

        What is not above nothing is not waited for.
        """
        start, decay = self._stage(rate_mL_per_h, self._fall())
        if start <= 0.0:
            return NEVER
        account = self._account
        dry = self.is_dry or account is None
        until_dry = 0.0 if dry else self._hours_to_dry(start, decay)
        first = NEVER
        if not dry:
            wanted = [volume for volume in passing_mL if volume > 0.0]
            if self._blocked_below and line_mL > 0.0:
                wanted.append(line_mL)
            if self._blocked_above and drawn_mL > 0.0:
                wanted.append(drawn_mL)
            first = min((hours_to_move(start, decay, volume) for volume in wanted), default=NEVER)
            first = first if first <= until_dry else NEVER
        if drawn_mL <= 0.0 or until_dry == NEVER or first < until_dry:
            return first
        return min(first, until_dry + self._hours_dry(rate_mL_per_h, moved(start, decay, until_dry), drawn_mL))

    def _hours_to_dry(self, start: float, decay: float) -> float:
        """Return when neither air nor drug is left; drug that leaks out of the cassette does not speed up the air."""
        air = self._air_waiting
        everything = hours_to_lose(start, decay, self._cassette_leak(), self.left_mL + air)
        return max(everything, hours_to_move(start, decay, air)) if air else everything

    def _hours_dry(self, rate_mL_per_h: float, before: float, drawn_mL: float) -> float:
        """Return how long a dry bag is pulled at until the tube lacks this much.

        `before`: what moves until it is dry.
        """
        if rate_mL_per_h == 0.0 or not self.latched:
            return NEVER
        fluid = self._fluid
        above = 1.0 / (fluid.above_mL_per_mmHg * fluid.strongest_vacuum_mmHg)
        drawn = before if self._blocked_above else 0.0
        share = self.share_delivered(rate_mL_per_h) - above * (self._drawn + drawn)
        if self._blocked_below:
            share -= fluid.per_mmHg / fluid.line_mL_per_mmHg * (self._held + before)
        return hours_to_move(max(share, 0.0) * rate_mL_per_h, above * rate_mL_per_h, drawn_mL - drawn)
