"""How often a hit allocates, thread by thread."""

import os
import pathlib
import struct

from ..load import fill, steady
from ..server import Server
from ..stage import Stage
from .common import EVERYTHING, KEYS, Options, Outcome, Part, table

RATE = 10_000
CONNECTIONS = 64
# Contenders have one event loop.
LOOP = "NIO-ELT-1-#1"
SLOT = struct.Struct("=QQQ")


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        library = stage.compiled("allocations.c", "-shared", "-fPIC")
        servers: dict[str, tuple[Server, pathlib.Path]] = {}
        for name, everything in ((EVERYTHING, True), ("ambassador, without JWT and limit", False)):
            file = stage.folder / f"allocations-{len(servers)}"
            os.environ.update(LD_PRELOAD=str(library), ALLOCATIONS=str(file))
            try:
                servers[name] = stage.ambassador(name, everything=everything), file
            finally:
                del os.environ["LD_PRELOAD"], os.environ["ALLOCATIONS"]
        for name, (server, file) in servers.items():
            fill(stage, server, KEYS)
            steady(stage, server, RATE, CONNECTIONS, options.seconds, cycle=KEYS)
            outcome.figures[name] = _counted(stage, server, file, options.seconds)
            stage.check_hits([server], KEYS)
    return outcome


def _counted(stage: Stage, server: Server, file: pathlib.Path, seconds: float) -> dict[str, list[float]]:
    """Allocations and bytes a hit, by the names of the threads; those that do nothing left out."""
    before = _counts(server, file)
    steady(stage, server, RATE, CONNECTIONS, seconds, warm_up=0, cycle=KEYS)
    after = _counts(server, file)
    hits = int(RATE * seconds)
    named: dict[str, list[float]] = {}
    for thread, (name, calls, size) in after.items():
        _, calls_before, size_before = before.get(thread, (name, 0, 0))
        counts = named.setdefault(name, [0, 0])
        counts[0] += (calls - calls_before) / hits
        counts[1] += (size - size_before) / hits
    return {name: counts for name, counts in named.items() if counts[0] >= 0.001}


def _counts(server: Server, file: pathlib.Path) -> dict[int, tuple[str, int, int]]:
    found = {}
    for thread, calls, size in SLOT.iter_unpack(file.read_bytes()):
        try:
            name = pathlib.Path(f"/proc/{server.pid}/task/{thread}/comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError):
            continue  # No thread, or one that has ended.
        found[thread] = (name, calls, size)
    return found


def report(outcome: Outcome) -> list[str]:
    rows = []
    for server, threads in outcome.figures.items():
        for name, (calls, size) in sorted(threads.items(), key=lambda item: -item[1][0]):
            rows.append([server, f"`{name}`", f"{calls:.2f}", f"{size:,.0f}"])
        rows.append([server, "all", f"{sum(calls for calls, _ in threads.values()):.2f}", ""])
    return [
        f"Allocations a hit, counted at {RATE:,} hits/s over {CONNECTIONS} connections by a preloaded library.",
        "",
        *table(["", "thread", "allocations a hit", "bytes a hit"], *rows),
    ]


PART = Part("allocations", "how often a hit allocates, by thread", measure, report)
