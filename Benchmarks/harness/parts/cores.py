"""Hits on two cores, which the load shares."""

from ..machine import Cores
from ..stage import Stage
from .common import EVERYTHING, KEYS, NGINX, STRICT, Options, Outcome, Part, named, race, table
from .hits import HEAD, rows


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage(Cores.shared()) as stage:
        servers = [
            stage.ambassador(EVERYTHING, everything=True, threads=2),
            stage.nginx(NGINX, workers=2),
            stage.ambassador(STRICT, everything=True, threads=2, durability="strict"),
        ]
        race(outcome, "cores", stage, servers, options, threads=2)
        stage.check_hits(servers, KEYS)
    return outcome


def report(outcome: Outcome) -> list[str]:
    results = outcome.races["cores"]
    return [
        "The same with two event loops or workers, free on both cores, which they share with the load (two threads of wrk): what one "
        "spends of the processor, the load lacks.",
        "",
        *table(HEAD, *rows(results, named(results, NGINX), None)),
    ]


PART = Part("cores", "hits on two cores, shared with the load", measure, report)
