"""The Markdown that tells of all kept results."""

from .parts import PARTS
from .results import Kept


def markdown(results: list[Kept]) -> str:
    """What was measured, part by part, each with its day, command and machine."""
    lines = [_conditions(results), ""]
    for kept in results:
        if kept.outcome.noise:
            lines += ["**The machine was too noisy: compare nothing of this table with another run.**", *kept.outcome.noise, ""]
        lines += [*PARTS[kept.part].report(kept.outcome), ""]
    return "\n".join(lines)


def _conditions(results: list[Kept]) -> str:
    dates = sorted({kept.date for kept in results})
    days = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    machines = "; ".join(sorted({kept.machine for kept in results}))
    return (
        f"Measured {days} on {machines}. Contenders take turns; shown are medians over the rounds, and ratios within a round. "
        "Absolute rates differ from machine to machine; the ratios are what counts."
    )
