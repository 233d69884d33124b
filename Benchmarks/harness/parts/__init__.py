"""The parts of the benchmark, in the order in which they run."""

from . import allocations, apart, cores, hits, latency, million, misses, others, shapes, start, tiers
from .common import Options, Outcome, Part

PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        hits.PART,
        cores.PART,
        shapes.CONNECTIONS_PART,
        shapes.SIZES_PART,
        shapes.KEYS_PART,
        apart.PART,
        tiers.PART,
        latency.PART,
        misses.PART,
        allocations.PART,
        start.PART,
        others.PART,
        million.PART,
    )
}

__all__ = ["PARTS", "Options", "Outcome", "Part"]
