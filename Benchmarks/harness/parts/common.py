"""What the parts have in common: options, outcomes, and a race of contenders over stored answers."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..load import Questions, Run, fill, wrk
from ..rounds import Result, noise, take_turns
from ..server import Server
from ..stage import Stage

WARM_UP_SECONDS = 2.0
KEYS = 1000
EVERYTHING = "ambassador, everything on"
STRICT = "ambassador, everything on, strict audit"
NGINX = "nginx proxy_cache, buffered log"
BARE = "bare C: epoll, SHA-256, a table; no log"
# What is left of that to a server which writes the audit log's rows as well.
BARE_AUDIT = "bare C with the audit log"
BARE_STRICT = "bare C with the audit log, strict"


@dataclass(frozen=True)
class Options:
    """How often and how long each contender is measured."""

    rounds: int
    seconds: float
    # How many entries are many.
    entries: int = 1_000_000


@dataclass
class Outcome:
    """What a part has measured: results of races by their labels, single figures, and what was too noisy."""

    races: dict[str, list[Result]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    noise: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        races = {label: [each.to_json() for each in results] for label, results in self.races.items()}
        return {"races": races, "figures": self.figures, "noise": self.noise}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Outcome":
        races = {label: [Result.from_json(each) for each in results] for label, results in value["races"].items()}
        return cls(races, value["figures"], value["noise"])


@dataclass(frozen=True)
class Part:
    """A part of the benchmark: how it is measured, and the Markdown that tells of it."""

    name: str
    summary: str
    measure: Callable[[Options], Outcome]
    report: Callable[[Outcome], list[str]]


def race(
    outcome: Outcome,
    label: str,
    stage: Stage,
    servers: Sequence[Server],
    options: Options,
    questions: Questions = Questions(),
    connections: int = 64,
    threads: int = 1,
    is_filling: bool = True,
) -> list[Result]:
    """Fills the caches, warms up, and lets the contenders take turns; the results are kept under `label`."""

    def measure(server: Server, seconds: float = options.seconds) -> Run:
        return wrk(stage, server, questions, connections, seconds, threads)

    for server in servers:
        if is_filling:
            fill(stage, server, questions.keys)
        measure(server, WARM_UP_SECONDS)
    results = take_turns(servers, options.rounds, measure, f"{label}: ")
    outcome.races[label] = results
    outcome.noise += [f"{label}: {each}" for each in noise(results)]
    return results


def named(results: Sequence[Result], name: str) -> Result:
    """The result of a contender."""
    found = next((each for each in results if each.name == name), None)
    if found is None:
        sys.exit(f"nothing is kept of {name}: measure its part again")
    return found


def table(*rows: Sequence[object]) -> list[str]:
    """A Markdown table; the first row is its head."""
    head, *body = ([str(cell) for cell in row] for row in rows)
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *body)]


def milliseconds(microseconds: float, digits: int = 2) -> str:
    return f"{microseconds / 1000:.{digits}f}"
