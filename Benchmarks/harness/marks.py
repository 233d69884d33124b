"""What the ambassador is wanted to reach, beside what it did."""

from collections.abc import Callable
from dataclasses import dataclass

from .parts import Outcome, start, tiers
from .parts.allocations import LOOP
from .parts.common import BARE, BARE_AUDIT, BARE_STRICT, EVERYTHING, NGINX, STRICT, named, table
from .parts.misses import DIRECT
from .rounds import Result


@dataclass(frozen=True)
class Mark:
    """A number of a part, and the most or, where `is_least`, the least that it may be."""

    part: str
    sentence: str
    wanted: float
    unit: str
    measured: Callable[[Outcome], float]
    is_least: bool = False
    # What a bare C server reaches that does this part of the work and nothing else.
    bare: Callable[[Outcome], float] | None = None

    def line(self, outcome: Outcome) -> list[str]:
        value = self.measured(outcome)
        is_met = value >= self.wanted if self.is_least else value <= self.wanted
        sign = "≥" if self.is_least else "≤"
        bare = f"{self.bare(outcome):.3g}{self.unit}" if self.bare else ""
        return [self.sentence, f"{sign} {self.wanted:g}{self.unit}", f"{value:.3g}{self.unit}", "yes" if is_met else "no", bare]


def _hits(outcome: Outcome, other: str, field: str, name: str = EVERYTHING) -> float:
    results = outcome.races["hits"]
    return named(results, name).ratio(named(results, other), field)


def _added(outcome: Outcome, field: str) -> float:
    results = outcome.races["misses"]
    return named(results, EVERYTHING).difference(named(results, DIRECT), field) / 1000


def _tier(outcome: Outcome, connections: int, name: str) -> Result:
    return named(outcome.races[str(connections)], name)


def _redis(outcome: Outcome, connections: int, name: str = tiers.REDIS) -> float:
    return _tier(outcome, connections, name).ratio(_tier(outcome, connections, tiers.GET), "p50")


MARKS = (
    Mark(
        "hits",
        "hits with everything on, of nginx with its buffered log",
        1.25,
        "",
        lambda o: _hits(o, NGINX, "rate"),
        is_least=True,
        bare=lambda o: _hits(o, NGINX, "rate", BARE_AUDIT),
    ),
    Mark(
        "hits",
        "their p99, of nginx's",
        1,
        "",
        lambda o: _hits(o, NGINX, "p99"),
        bare=lambda o: _hits(o, NGINX, "p99", BARE_AUDIT),
    ),
    Mark(
        "hits",
        "their CPU, of bare C's",
        1.6,
        "",
        lambda o: _hits(o, BARE, "cpu"),
        bare=lambda o: _hits(o, BARE, "cpu", BARE_AUDIT),
    ),
    Mark(
        "hits",
        "hits with a strict audit log, of nginx with its buffered log",
        0.8,
        "",
        lambda o: _hits(o, NGINX, "rate", STRICT),
        is_least=True,
        bare=lambda o: _hits(o, NGINX, "rate", BARE_STRICT),
    ),
    Mark("allocations", "allocations of the event loop a hit", 5, "", lambda o: o.figures[EVERYTHING].get(LOOP, [0])[0]),
    Mark("misses", "a stored miss more than a direct call, p50", 0.2, " ms", lambda o: _added(o, "p50")),
    Mark("misses", "a stored miss more than a direct call, p99", 0.6, " ms", lambda o: _added(o, "p99")),
    Mark(
        "tiers",
        "a hit in Redis, of a bare GET's p50, 1 connection",
        1.3,
        "",
        lambda o: _redis(o, 1),
        bare=lambda o: _redis(o, 1, tiers.BARE_REDIS),
    ),
    Mark(
        "tiers",
        "a hit in Redis, of a bare GET's p50, 64 connections",
        1.3,
        "",
        lambda o: _redis(o, 64),
        bare=lambda o: _redis(o, 64, tiers.BARE_REDIS),
    ),
    Mark("tiers", "CPU of a hit in the store", 60, " µs", lambda o: _tier(o, 64, tiers.STORE).median("cpu")),
    Mark("start", "memory of an idle ambassador", 40, " MiB", lambda o: o.figures["idle_mib"]),
    Mark("start", "start to ready with a store of 1 GB", 100, " ms", lambda o: start.middle(o, "warm_ms")),
)


def marks(found: dict[str, Outcome]) -> list[str]:
    """A table of all marks whose parts were measured."""
    lines = [mark.line(found[mark.part]) for mark in MARKS if mark.part in found]
    return table(["", "wanted", "measured", "reached", "bare C with that to do"], *lines) if lines else []
