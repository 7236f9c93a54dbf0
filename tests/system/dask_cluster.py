"""A Dask scheduler and workers as processes of this machine, started as a hospital starts them on several."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

DASK = Path(sys.executable).with_name("dask")
TESTS = Path(__file__).parents[1]
LONGEST_START_SECONDS = 60


class Cluster:
    """One scheduler on the loopback address, and the workers that were asked for."""

    def __init__(self, folder, paths):
        self.folder = folder
        self.paths = paths
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0")
        self.address = self._address()
        self.workers = []

    def add_worker(self):
        """Start a worker with one thread, and return its process."""
        name = f"worker-{len(self.workers)}"
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", self.folder / name, "--memory-limit", "0"]
        worker = self._start("worker", *options)
        self.workers.append(worker)
        return worker

    def end(self):
        """End every process that was started here."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def _start(self, *words):
        log = (self.folder / f"{words[0]}-{time.monotonic_ns()}.log").open("wb")
        with log:
            return subprocess.Popen(
                [DASK, *words, "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", self.file],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env=os.environ | {"PYTHONPATH": self.paths, "DASK_CONFIG": str(self.folder)},
            )  # fmt: skip

    def _address(self):
        """Wait until the scheduler has written where it listens."""
        until = time.monotonic() + LONGEST_START_SECONDS
        while time.monotonic() < until:
            try:
                return json.loads(self.file.read_text(encoding="utf-8"))["address"]
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
        raise TimeoutError("the scheduler did not start")


@contextmanager
def cluster(folder, workers, paths=str(TESTS)):
    """Have a scheduler with so many workers, where Python also looks in these paths."""
    started = Cluster(folder, paths)
    try:
        for _ in range(workers):
            started.add_worker()
        yield started
    finally:
        started.end()
