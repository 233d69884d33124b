"""Hits on one core: the ambassador with more and less to do, nginx, and what a core can do at most."""

from .. import svg
from ..rounds import Result
from ..stage import Stage
from .common import (
    BARE,
    BARE_AUDIT,
    BARE_STRICT,
    EVERYTHING,
    KEYS,
    NGINX,
    STRICT,
    Options,
    Outcome,
    Part,
    milliseconds,
    named,
    race,
    table,
)


def measure(options: Options) -> Outcome:
    outcome = Outcome()
    with Stage() as stage:
        servers = [
            stage.ambassador(EVERYTHING, everything=True),
            stage.nginx(NGINX),
            stage.ambassador("ambassador, without JWT and limit"),
            stage.ambassador("ambassador, everything on, request log", everything=True, log="on"),
            stage.ambassador(STRICT, everything=True, durability="strict"),
            stage.nginx("nginx proxy_cache, no log", log="off"),
            stage.bare(BARE),
            stage.bare(BARE_AUDIT, audit="batched"),
            stage.bare(BARE_STRICT, audit="strict"),
        ]
        race(outcome, "hits", stage, servers, options)
        stage.check_hits(servers, KEYS)
        outcome.figures["answer_bytes"] = stage.answer_bytes
    return outcome


def rows(results: list[Result], nginx: Result, bare: Result | None) -> list[list[object]]:
    """The lines of the table, each beside nginx and, where that ran, beside what a core can do."""
    return [
        [
            each.name,
            f"{each.median('rate'):,.0f}",
            f"{each.ratio(nginx):.2f}" if each.ratio(nginx) >= 0.1 else f"{each.ratio(nginx):.1g}",
            f"{milliseconds(each.median('p50'))} / {milliseconds(each.median('p99'))}",
            f"{each.median('cpu'):.1f}",
            f"{each.ratio(bare, 'cpu'):.2f}" if bare else "",
            f"{each.resident:.0f}",
            f"{each.spread():.1%}",
        ]
        for each in results
    ]


HEAD = ["", "hits/s", "of nginx, buffered log", "p50 / p99 ms", "CPU µs a hit", "of bare C's CPU", "memory MiB", "spread"]


def report(outcome: Outcome) -> list[str]:
    return together(outcome, None)


def together(outcome: Outcome, others: Outcome | None) -> list[str]:
    """The table of the hits, and below them what only the part `others` has measured, beside the nginx of its own rounds."""
    results = outcome.races["hits"]
    lines = rows(results, named(results, NGINX), named(results, BARE))
    if others:
        lines += rows(_others(others), named(others.races["others"], NGINX), None)
    answer = outcome.figures["answer_bytes"] / 1024
    return [
        f"Hits: 64 connections, {KEYS:,} questions, answers of {answer:.1f} KiB; server and load on a core each. Everything on is the "
        "audit log (`batched`), metrics, a JWT and a tenant's limit. Bare C with the audit log writes rows of the same shape "
        "into the same table, as the ambassador's writer does, and checks, limits and counts nothing.",
        "",
        *table(HEAD, *lines),
    ]


def plot(outcome: Outcome, others: Outcome | None) -> str:
    """The same as bars in SVG."""
    results = sorted([*outcome.races["hits"], *_others(others)], key=lambda each: -each.median("rate"))
    values = [(each.name, each.median("rate")) for each in results]
    return svg.bars("Hits a second on one core", "", values, [each.name.startswith("ambassador") for each in results])


def _others(others: Outcome | None) -> list[Result]:
    return [each for each in others.races["others"] if each.name not in (EVERYTHING, NGINX)] if others else []


PART = Part("hits", "hits on one core beside nginx and a bare C server", measure, report)
