"""What is written of the kept results: Markdown with all of it, and README.md with what matters most."""

import pathlib
import sys

from .marks import marks
from .parts import PARTS, hits, latency, misses
from .results import Kept

BEGIN = "<!-- benchmark:begin -->"
END = "<!-- benchmark:end -->"
NOISY = "**The machine was too noisy: compare nothing of this with another run.**"


def whole(results: list[Kept]) -> str:
    """Everything that was measured, part by part, each with its day, command and machine."""
    lines = ["# Measured", "", _conditions(results), ""]
    if any(kept.outcome.noise for kept in results):
        lines += [NOISY, ""]
    lines += marks({kept.part: kept.outcome for kept in results})
    for kept in results:
        lines += ["", f"## {PARTS[kept.part].summary[:1].upper()}{PARTS[kept.part].summary[1:]}", ""]
        lines += [f"`{kept.command}`, {kept.date}", ""]
        if kept.outcome.noise:
            lines += [NOISY, *(f"{each}." for each in kept.outcome.noise), ""]
        lines += PARTS[kept.part].report(kept.outcome)
    return "\n".join([*lines, ""])


def update(repository: pathlib.Path, results: list[Kept]) -> None:
    """Writes docs/benchmarks.md, the plots beside it, and what stands between the two markers of README.md."""
    readme = repository / "README.md"
    before, begin, rest = readme.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"README.md has no {BEGIN} ... {END}")
    found = {kept.part: kept.outcome for kept in results}
    lines = [_conditions(results)]
    if any(kept.outcome.noise for kept in results):
        lines += ["", NOISY]
    if "hits" in found:
        lines += ["", *hits.together(found["hits"], found.get("others"))]
        lines += ["", _plot(repository, "hits", hits.plot(found["hits"], found.get("others")), "Hits a second on one core")]
    if "latency" in found:
        lines += ["", *latency.report(found["latency"])]
        lines += ["", _plot(repository, "latency", latency.plot(found["latency"]), "How long hits take, by percentile")]
    if "misses" in found:
        lines += ["", *misses.report(found["misses"])]
    lines += ["", f"[docs/benchmarks.md](docs/benchmarks.md) has the rest: {_rest(results)}."]
    readme.write_text("\n".join([before + begin, *lines, end + after]))
    (repository / "docs/benchmarks.md").write_text(whole(results))


def _conditions(results: list[Kept]) -> str:
    dates = sorted({kept.date for kept in results})
    days = f"on {dates[0]}" if len(dates) == 1 else f"from {dates[0]} to {dates[-1]}"
    machines = "; ".join(sorted({kept.machine for kept in results}))
    return (
        f"Measured {days} with `make benchmark` (`Benchmarks/run`) on {machines}. Contenders take turns; shown are medians over the "
        "rounds, and ratios within a round. Absolute rates differ from machine to machine; the ratios are what counts."
    )


def _plot(repository: pathlib.Path, name: str, svg: str, description: str) -> str:
    path = f"docs/benchmark-{name}.svg"
    (repository / path).write_text(svg)
    return f"![{description}]({path})"


def _rest(results: list[Kept]) -> str:
    return "; ".join(PARTS[kept.part].summary for kept in results if kept.part not in ("hits", "others", "latency", "misses"))
