"""Hits by the number of connections, the size of the answers, and how the questions are drawn."""

from ..load import Questions
from ..rounds import Result
from ..server import Server
from ..stage import Stage
from .common import BARE, EVERYTHING, KEYS, NGINX, Options, Outcome, Part, milliseconds, named, race, table

CONNECTIONS = (1, 64, 512)
ANSWERS_KIB = (1, 16, 256)
DRAWS = (("uniform", KEYS), ("zipf", KEYS), ("uniform", 50_000))


def _contenders(stage: Stage) -> list[Server]:
    # Bare C has a table of a fixed size.
    slots = 1 << (4 * max(keys for _, keys in DRAWS)).bit_length()
    return [stage.ambassador(EVERYTHING, everything=True), stage.nginx(NGINX), stage.bare(BARE, slots)]


def measure_connections(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        servers = _contenders(stage)
        for count in CONNECTIONS:
            label = f"{count} connection{'s' if count > 1 else ''}"
            race(outcome, label, stage, servers, options, connections=count)
        stage.check_hits(servers, KEYS)
    return outcome


def measure_sizes(options: Options) -> Outcome:
    outcome = Outcome()
    for size in ANSWERS_KIB:
        with Stage(answer_kib=size) as stage:
            servers = _contenders(stage)
            race(outcome, f"answers of {size} KiB", stage, servers, options)
            stage.check_hits(servers, KEYS)
    return outcome


def measure_keys(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        servers = _contenders(stage)
        for draw, keys in DRAWS:
            race(outcome, f"{draw} over {keys:,} questions", stage, servers, options, Questions(keys, draw))
        stage.check_hits(servers, max(keys for _, keys in DRAWS))
    return outcome


def report(outcome: Outcome) -> list[str]:
    """One line for each shape: the ambassador with everything on, nginx with its buffered log, and bare C."""

    def line(label: str, results: list[Result]) -> list[str]:
        ours, nginx, bare = (named(results, name) for name in (EVERYTHING, NGINX, BARE))
        rates = [f"{each.median('rate'):,.0f}" for each in (ours, nginx, bare)]
        latencies = [f"{milliseconds(each.median('p50'))} / {milliseconds(each.median('p99'))}" for each in (ours, nginx)]
        return [label, *rates, f"{ours.ratio(nginx):.2f}", *latencies, f"{ours.ratio(bare, 'cpu'):.2f}"]

    intro = (
        "The ambassador with everything on, nginx with its buffered log, and bare C, which copies answers of any size; as above but for "
        "what stands in the first column."
    )
    head = ["hits/s", "ambassador", "nginx", "bare C", "of nginx", "p50 / p99 ms", "nginx's", "of bare C's CPU"]
    return [intro, "", *table(head, *(line(label, results) for label, results in outcome.races.items()))]


CONNECTIONS_PART = Part("connections", "hits over 1, 64 and 512 connections", measure_connections, report)
SIZES_PART = Part("sizes", "hits of answers of 1, 16 and 256 KiB", measure_sizes, report)
KEYS_PART = Part("keys", "hits of questions drawn uniformly and by Zipf's law", measure_keys, report)
