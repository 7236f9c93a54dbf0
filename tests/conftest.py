"""What holds for all tests: random cases are the same on every run, and no test depends on how fast a machine is."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "short",
    derandomize=True,
    deadline=None,
    print_blob=True,
    # This check looks at the clock; a slow machine would turn it into a failure.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", settings.get_profile("short"), max_examples=5000)
settings.load_profile("long" if os.environ.get("RANSEL_PROOF") == "long" else "short")
