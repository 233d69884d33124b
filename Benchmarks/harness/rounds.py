"""Contenders that take turns, and what their rounds add up to."""

import statistics
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .load import Run
from .server import Server

# The spread of a contender is (third quartile - first quartile) / median of its rounds.
SPREAD_MAX = 0.10


class Result:
    """What was measured of one contender, round by round."""

    def __init__(self, name: str, runs: list[Run], resident: float = 0) -> None:
        self.name = name
        self.runs = runs
        self.resident = resident

    def median(self, field: str) -> float:
        """The median over the rounds of `rate`, `p50`, `p99` or `cpu`."""
        return statistics.median(getattr(run, field) for run in self.runs)

    def percentile(self, name: str) -> float:
        """The median over the rounds of one of the percentiles of a run at a constant rate."""
        return statistics.median(run.percentiles[name] for run in self.runs if run.percentiles)

    def ratio(self, other: "Result", field: str = "rate") -> float:
        """The ratio within a round, where both met the same machine; then the median over the rounds."""
        pairs = zip(self.runs, other.runs, strict=True)
        return statistics.median(getattr(a, field) / getattr(b, field) for a, b in pairs)

    def difference(self, other: "Result", field: str) -> float:
        """The difference within a round; then the median over the rounds."""
        pairs = zip(self.runs, other.runs, strict=True)
        return statistics.median(getattr(a, field) - getattr(b, field) for a, b in pairs)

    def spread(self, field: str = "rate") -> float:
        """How far the middle half of the rounds lies apart, as a share of the median."""
        if len(self.runs) < 2:
            return 0
        first, middle, third = statistics.quantiles([getattr(run, field) for run in self.runs], n=4, method="inclusive")
        return (third - first) / middle

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "resident": self.resident, "runs": [run._asdict() for run in self.runs]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Result":
        return cls(value["name"], [Run(**run) for run in value["runs"]], value["resident"])


def take_turns(servers: Sequence[Server], rounds: int, measure: Callable[[Server], Run], label: str = "") -> list[Result]:
    """Measures each server in each round: A B C A B C ..."""
    results = [Result(server.name, []) for server in servers]
    for number in range(1, rounds + 1):
        for server, result in zip(servers, results, strict=True):
            run = measure(server)
            result.runs.append(run)
            print(
                f"round {number}: {label}{server.name}: {run.rate:.0f}/s, p50 {run.p50 / 1000:.3f} ms, "
                f"p99 {run.p99 / 1000:.3f} ms, {run.cpu:.1f} CPU us",
                file=sys.stderr,
                flush=True,
            )
    for server, result in zip(servers, results, strict=True):
        result.resident = server.resident_mebibytes()
    return results


def noise(results: Sequence[Result], field: str = "rate", judge: str = "nginx") -> list[str]:
    """Where a yardstick, a contender whose name begins with `judge`, spread too far over the rounds."""
    return [
        f"{each.name}: its {field} spread by {each.spread(field):.1%} over the rounds, more than {SPREAD_MAX:.0%}"
        for each in results
        if each.name.startswith(judge) and each.spread(field) > SPREAD_MAX
    ]
