"""The outcomes of parts, kept in files of their own until all is told."""

import datetime
import json
import pathlib
from dataclasses import dataclass

from .machine import machine
from .parts import PARTS, Options, Outcome
from .stage import BENCHMARKS

FOLDER = BENCHMARKS / "results"


@dataclass(frozen=True)
class Kept:
    """The outcome of a part, and of when, on what and how it came."""

    part: str
    outcome: Outcome
    date: str
    machine: str
    command: str


def keep(part: str, outcome: Outcome, options: Options) -> None:
    """Writes the outcome of a part in place of an older one."""
    FOLDER.mkdir(exist_ok=True)
    entries = f" --entries {options.entries}" if part == "million" else ""
    value = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "command": f"Benchmarks/run --part {part} --rounds {options.rounds} --seconds {options.seconds:g}{entries}",
        **outcome.to_json(),
    }
    file = _file(part)
    fresh = file.with_suffix(".fresh")
    fresh.write_text(json.dumps(value, indent=1) + "\n")
    fresh.replace(file)


def kept() -> list[Kept]:
    """All that is there, in the order of the parts."""
    found = []
    for part in PARTS:
        if _file(part).exists():
            value = json.loads(_file(part).read_text())
            found.append(Kept(part, Outcome.from_json(value), value["date"], value["machine"], value["command"]))
    return found


def _file(part: str) -> pathlib.Path:
    return FOLDER / f"{part}.json"
