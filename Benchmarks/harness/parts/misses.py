"""What a miss takes more than a direct call, at a constant rate."""

from ..load import Run, steady
from ..rounds import noise, take_turns
from ..server import Server
from ..stage import Stage
from .common import EVERYTHING, Options, Outcome, Part, milliseconds, named, table

RATE = 500
CONNECTIONS = 16
DIRECT = "direct call"


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        servers = [
            Server(DIRECT, stage.upstream.port, stage.upstream.pid),
            stage.ambassador(EVERYTHING, everything=True),
            stage.ambassador("ambassador, without JWT and limit"),
            stage.nginx("nginx proxy_pass", is_caching=False),
            stage.nginx("nginx proxy_cache, miss stored"),
        ]

        def ask(server: Server) -> Run:
            return steady(stage, server, RATE, CONNECTIONS, 2 * options.seconds)

        outcome.races["misses"] = take_turns(servers, options.rounds, ask)
    outcome.noise += noise(outcome.races["misses"], "p50", DIRECT)
    return outcome


def report(outcome: Outcome) -> list[str]:
    results = outcome.races["misses"]
    direct = named(results, DIRECT)
    rows = []
    for each in results:
        added = [milliseconds(each.difference(direct, field), 3) for field in ("p50", "p99")]
        taken = [milliseconds(each.median(field), 3) for field in ("p50", "p99")]
        rows.append(
            [each.name, " / ".join(taken), "" if each is direct else " / ".join(added), f"{each.median('cpu'):.0f}"]
            + [milliseconds(each.percentile("99.9"), 2), f"{each.spread('p50'):.1%}"]
        )
    return [
        f"Misses: {RATE} questions a second that nobody has asked before, due at fixed times and measured from those, over {CONNECTIONS} "
        "connections; the upstream answers at once. Every miss is stored and recorded.",
        "",
        *table(["", "p50 / p99 ms", "added at p50 / p99 ms", "CPU µs a miss", "p99.9 ms", "spread of p50"], *rows),
    ]


PART = Part("misses", "misses beside a direct call, 500 a second", measure, report)
