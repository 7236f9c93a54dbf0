"""What only hardware could prove: the results of the checks of memory, processor, tasks, sound and log.

These are modelled results. A fault that is injected makes one of them come out badly; the check that finds it, when
it finds it and what the controller then does are real.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """What the next check of each part will find.

    Values:
        memory, program, processor: RAM test, checksum of the program, processor test.
        delivery_task: the task that moves the motor answers. watchdog: the watchdog itself.
        log: entries can be written. monitor: the second supervisor answers.
        backup_clock: the clock keeps time in the self-test.
    """

    memory: bool = True
    program: bool = True
    processor: bool = True
    delivery_task: bool = True
    watchdog: bool = True
    log: bool = True
    monitor: bool = True
    backup_clock: bool = True


SOUND_HEALTH = Health()

SELF_TEST = ("processor", "program", "memory", "battery", "keys", "watchdog", "clock", "sound")
"""The parts of the self-test at switching on, in order; the first that fails ends it."""
