"""What a hit costs, and an entry takes, where there are a million entries rather than a thousand."""

import sys

from ..load import Questions, Run, fill, wrk
from ..rounds import noise, take_turns
from ..server import Server
from ..stage import Stage
from .common import KEYS, WARM_UP_SECONDS, Options, Outcome, Part, milliseconds, named, table

# More connections than upstream calls at once would only wait.
FILL_CONNECTIONS = 64
CONTENDERS = ("ambassador, everything on", "nginx proxy_cache, buffered log", "bare C")


def measure(options: Options) -> Outcome:
    outcome = Outcome(figures={"entries": options.entries, "bytes": {}, "fill": {}})
    with Stage() as stage:
        outcome.figures["answer_bytes"] = stage.answer_bytes
        counts: dict[str, int] = {}
        servers: list[Server] = []
        for count in (KEYS, options.entries):
            for name, server in zip(CONTENDERS, _start(stage, count), strict=True):
                counts[server.name] = count
                servers.append(server)
                before = _mebibytes(stage, server)
                rate = fill(stage, server, count, FILL_CONNECTIONS)
                print(f"filled {server.name}: {rate:.0f}/s", file=sys.stderr, flush=True)
                if count == options.entries:
                    outcome.figures["fill"][name] = rate
                    outcome.figures["bytes"][name] = (_mebibytes(stage, server) - before) * 2**20 / count

        def ask(server: Server, seconds: float = options.seconds) -> Run:
            return wrk(stage, server, Questions(counts[server.name], "assembled"), 64, seconds)

        for server in servers:
            ask(server, WARM_UP_SECONDS)
        results = take_turns(servers, options.rounds, ask)
        for server in servers:
            stage.check_hits([server], counts[server.name], asked=100)
    outcome.races["million"] = results
    outcome.noise += noise(results)
    return outcome


def _start(stage: Stage, count: int) -> list[Server]:
    ambassador, nginx, bare = (_named(name, count) for name in CONTENDERS)
    return [
        stage.ambassador(ambassador, everything=True, memory="8GiB", store_size_max="16GiB"),
        stage.nginx(nginx, zone="256m"),
        stage.bare(bare, slots=1 << (2 * count).bit_length()),
    ]


def _named(name: str, count: int) -> str:
    return f"{name}, {count:,} entries"


def _mebibytes(stage: Stage, server: Server) -> float:
    files = stage.file_mebibytes(server) if server.name.startswith("nginx") else 0
    return server.resident_mebibytes() + files


def report(outcome: Outcome) -> list[str]:
    results, figures = outcome.races["million"], outcome.figures
    many = figures["entries"]
    rows = []
    for name in CONTENDERS:
        few, lots = (named(results, _named(name, count)) for count in (KEYS, many))
        rows.append(
            [
                name,
                f"{few.median('rate'):,.0f}",
                f"{lots.median('rate'):,.0f}",
                f"{few.median('cpu'):.1f}",
                f"{lots.median('cpu'):.1f}",
                f"{lots.ratio(few, 'cpu') - 1:+.0%}",
                f"{milliseconds(lots.median('p50'))} / {milliseconds(lots.median('p99'))}",
                f"{figures['bytes'][name]:,.0f}",
                f"{figures['fill'][name]:,.0f}",
            ]
        )
    head = ["", f"hits/s, {KEYS:,} entries", f"{many:,}", "CPU µs a hit", f"{many:,}", "growth"]
    head += [f"p50 / p99 ms, {many:,}", "bytes of memory an entry", "filled at, entries/s"]
    return [
        f"Hits drawn uniformly from {KEYS:,} and from {many:,} entries of {figures['answer_bytes'] / 1024:.1f} KiB, 64 connections, each "
        "on servers of its own. The memory is what the processes hold more after they were filled, nginx's with its files in a memory "
        "file system.",
        "",
        *table(head, *rows),
    ]


PART = Part("million", "hits among a million entries, and the memory that each takes", measure, report)
