"""The machine: what it is, and which cores do what."""

import contextlib
import os
import pathlib
import platform
import subprocess
from collections.abc import Iterator
from typing import NamedTuple


class Cores(NamedTuple):
    """Those of the server that is measured, and those of the load, of the fake LangFlow and of Redis."""

    server: frozenset[int]
    load: frozenset[int]

    @classmethod
    def apart(cls) -> "Cores":
        """One core for each side."""
        first, second = sorted(os.sched_getaffinity(0))[:2]
        return cls(frozenset({first}), frozenset({second}))

    @classmethod
    def shared(cls) -> "Cores":
        """The same two cores for everybody."""
        both = frozenset(sorted(os.sched_getaffinity(0))[:2])
        return cls(both, both)


@contextlib.contextmanager
def on_cores(cores: frozenset[int]) -> Iterator[None]:
    """Processes that are started meanwhile inherit these cores."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def machine() -> str:
    """One line that says what was measured on."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    nginx = version.strip().rpartition("/")[2].split()[0]
    return f"{os.cpu_count()} cores, {model}, Linux {platform.release()}, nginx {nginx}"
