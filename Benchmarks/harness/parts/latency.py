"""How long hits take, up to one in ten thousand, at half of what the ambassador can do."""

import sys

from .. import svg
from ..load import Questions, Run, fill, steady, wrk
from ..rounds import noise, take_turns
from ..server import Server
from ..stage import Stage
from .common import EVERYTHING, KEYS, NGINX, WARM_UP_SECONDS, Options, Outcome, Part, milliseconds, table

CONNECTIONS = 64
SHOWN = ("50", "90", "99", "99.9", "99.99", "100")


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        servers = [stage.ambassador(EVERYTHING, everything=True), stage.nginx(NGINX)]
        highest = {}
        for server in servers:
            fill(stage, server, KEYS)
            wrk(stage, server, Questions(), CONNECTIONS, WARM_UP_SECONDS)
            highest[server.name] = wrk(stage, server, Questions(), CONNECTIONS, options.seconds).rate
        rate = round(min(highest.values()) / 2, -2)
        print(f"half of the highest: {rate:.0f}/s", file=sys.stderr)

        def ask(server: Server) -> Run:
            return steady(stage, server, rate, CONNECTIONS, 2 * options.seconds, warm_up=2, cycle=KEYS)

        results = take_turns(servers, options.rounds, ask)
        stage.check_hits(servers, KEYS)
    outcome.races["latency"] = results
    outcome.figures = {"rate": rate, "highest": highest}
    outcome.noise += noise(results, "p50")
    return outcome


def report(outcome: Outcome) -> list[str]:
    rows = [
        [each.name, f"{outcome.figures['highest'][each.name]:,.0f}"]
        + [milliseconds(each.percentile(name), 3) for name in SHOWN]
        + [f"{each.median('cpu'):.1f}"]
        for each in outcome.races["latency"]
    ]
    head = ["", "highest, hits/s", *(f"p{name} ms" if name != "100" else "longest ms" for name in SHOWN), "CPU µs a hit"]
    return [
        f"How long hits take at {outcome.figures['rate']:,.0f} a second for both, half of what the slower can do at most: due at fixed "
        f"times and measured from those, {CONNECTIONS} connections. Medians over the rounds of each percentile.",
        "",
        *table(head, *rows),
    ]


def plot(outcome: Outcome) -> str:
    """The percentiles of both as SVG."""
    lines = {}
    for each in outcome.races["latency"]:
        names = [name for name in each.runs[0].percentiles or () if float(name) <= 99.99]
        lines[each.name] = [(float(name), each.percentile(name) / 1000) for name in names]
    return svg.percentiles(f"How long a hit takes at {outcome.figures['rate']:,.0f} hits/s", lines)


PART = Part("latency", "how long hits take at half of the highest rate", measure, report)
