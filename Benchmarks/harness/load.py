"""The load: wrk for as much as a server can take, `load.c` for a constant rate."""

import json
import subprocess
import time
from dataclasses import dataclass
from typing import NamedTuple

from .failure import Failure
from .machine import on_cores
from .server import Server
from .stage import BENCHMARKS, Stage

# After a run, before the server's time is read and the next one's turn comes: what it has put off, such as records that wait to be
# written, is its own.
SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Questions:
    """What wrk asks: how many different questions, drawn how and by which call; see `questions.lua`."""

    keys: int = 1000
    draw: str = "cycle"
    call: str = "flow"


class Run(NamedTuple):
    """One run against one server; times in microseconds, `cpu` for each request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    # Those of a run at a constant rate, by their names.
    percentiles: dict[str, float] | None = None


def wrk(stage: Stage, server: Server, questions: Questions, connections: int, seconds: float, threads: int = 1) -> Run:
    """Asks as fast as the connections allow."""
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds:g}s", "--timeout", "10s"]
    command += ["-s", str(BENCHMARKS / "questions.lua"), f"http://127.0.0.1:{server.port}", "--"]
    command += [f"keys={questions.keys}", f"draw={questions.draw}", f"call={questions.call}"]
    command += [f"token={server.token}"] if server.token else []
    before = server.cpu_seconds()
    measured = _output(stage, server, command)
    if measured["failed"] or not measured["requests"]:
        raise Failure(f"{server.name}: {measured['failed']} of {measured['requests']} requests failed")
    cpu = (server.cpu_seconds() - before) * 1e6 / measured["requests"]
    return Run(measured["requests"] / measured["duration"] * 1e6, measured["p50"], measured["p99"], cpu)


def steady(
    stage: Stage,
    server: Server,
    rate: float,
    connections: int,
    seconds: float,
    warm_up: float = 1,
    cycle: int = 0,
    apart: int = 0,
) -> Run:
    """Asks at a constant rate, each request measured from when it was due.

    `cycle` 0 asks what nobody asked before; `apart` is the time between a request's head and its content, in microseconds.
    """
    arguments = ["--rate", f"{rate:.0f}", "--seconds", f"{seconds:g}", "--warm-up", f"{warm_up:g}"]
    arguments += ["--apart", str(apart)] if apart else []
    return _load(stage, server, arguments, connections, cycle)


def redis_get(stage: Stage, server: Server, key: str, connections: int, seconds: float) -> Run:
    """Gets one value of a Redis as fast as the connections allow; the client is where else the server is."""
    arguments = ["--rate", "0", "--seconds", f"{seconds:g}", "--redis-get", key]
    return _load(stage, server, arguments, connections, 0, stage.cores.server)


def fill(stage: Stage, server: Server, questions: int, connections: int = 64) -> float:
    """Asks each question once; returns how many a second that were."""
    return _load(stage, server, ["--rate", "0", "--requests", str(questions)], connections, questions).rate


def _load(
    stage: Stage,
    server: Server,
    arguments: list[str],
    connections: int,
    cycle: int,
    cores: frozenset[int] | None = None,
) -> Run:
    command = [str(stage.compiled("load.c")), "--port", str(server.port), "--connections", str(connections), *arguments]
    command += ["--cycle", str(cycle)] if cycle else ["--run", str(time.time_ns())]
    command += ["--token", server.token] if server.token else []
    before = server.cpu_seconds()
    measured = _output(stage, server, command, cores)
    if measured["failed"]:
        raise Failure(f"{server.name}: {measured['failed']} of {measured['requests']} requests failed")
    cpu = (server.cpu_seconds() - before) * 1e6 / measured["requests"]
    percentiles = measured["percentiles"]
    return Run(measured["rate"], percentiles["50"], percentiles["99"], cpu, percentiles)


def _output(stage: Stage, server: Server, command: list[str], cores: frozenset[int] | None = None) -> dict:
    with on_cores(cores or stage.cores.load):
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise Failure(f"{server.name}: {command[0]} failed: {ended.stderr.strip()[-1000:]}")
    time.sleep(SETTLE_SECONDS)
    return json.loads(ended.stdout.splitlines()[-1])
