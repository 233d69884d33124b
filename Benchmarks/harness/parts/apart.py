"""Hits of callers that send a request's head and content in two writes, as Python's clients do."""

from ..load import Run, fill, steady
from ..rounds import noise, take_turns
from ..server import Server
from ..stage import Stage
from .common import EVERYTHING, KEYS, NGINX, Options, Outcome, Part, milliseconds, table

CONNECTIONS = 16
RATE = 10_000
# No time, and what a client of Python takes from one write to the next.
GAPS = (0, 30)


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        servers = [stage.ambassador(EVERYTHING, everything=True), stage.nginx(NGINX)]
        for server in servers:
            fill(stage, server, KEYS)
        for gap in GAPS:

            def ask(server: Server, gap: int = gap) -> Run:
                return steady(stage, server, RATE, CONNECTIONS, options.seconds, cycle=KEYS, apart=gap)

            label = f"{gap} µs apart" if gap else "in one write"
            results = take_turns(servers, options.rounds, ask, f"{label}: ")
            outcome.races[label] = results
            outcome.noise += [f"{label}: {each}" for each in noise(results, "cpu")]
        stage.check_hits(servers, KEYS)
    return outcome


def report(outcome: Outcome) -> list[str]:
    rows = [
        [label, each.name, f"{milliseconds(each.median('p50'), 3)} / {milliseconds(each.median('p99'), 3)}", f"{each.median('cpu'):.1f}"]
        for label, results in outcome.races.items()
        for each in results
    ]
    return [
        f"Hits at {RATE:,} a second over {CONNECTIONS} connections, due at fixed times and measured from those; the head of a request and "
        "its content are written together, or the content later, so that a server that waits reads them one by one. The load waits meanwhile, "
        "which all its percentiles have in them.",
        "",
        *table(["head and content", "", "p50 / p99 ms", "CPU µs a hit"], *rows),
    ]


PART = Part("apart", "hits of callers that send head and content apart", measure, report)
