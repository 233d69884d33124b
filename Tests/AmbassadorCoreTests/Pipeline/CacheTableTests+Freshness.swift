@testable import AmbassadorCore

extension CacheTableTests {
    static let lifetimes = [
        CacheCase("nothing is cached until a lifetime is set", [.ask(), .ask()], ["bypass", "bypass"], calls: 2),
        CacheCase("a ttl", ttl: 10, [.ask(), .ask(), .ask()], ["miss", "hit", "hit"], calls: 1),
        CacheCase("its last second", ttl: 10, [.ask(), .later(10), .later(1)], ["miss", "hit", "miss"], calls: 2),
        CacheCase(
            "stale while revalidate",
            ttl: 10,
            whileRevalidate: 10,
            [.ask(), .later(15), .ask()],
            ["miss", "stale", "hit"],
            calls: 2
        ),
        CacheCase("and after it", ttl: 10, whileRevalidate: 10, [.ask(), .later(21)], ["miss", "miss"], calls: 2),
        CacheCase(
            "a refresh that fails leaves the entry",
            ttl: 10,
            whileRevalidate: 10,
            [.ask(), .down, .later(15), .ask(), .up, .ask(), .ask()],
            ["miss", "stale", "stale", "stale", "hit"],
            calls: 4
        ),
        CacheCase(
            "stale if error",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(20)],
            ["miss", "degraded"],
            calls: 2
        ),
        CacheCase(
            "LangFlow's 500",
            ttl: 10,
            ifError: 60,
            [.ask(), .fails(500), .later(20)],
            ["miss", "degraded"],
            calls: 2
        ),
        CacheCase(
            "LangFlow's 422",
            ttl: 10,
            ifError: 60,
            [.ask(), .fails(422), .later(20)],
            ["miss", "rejected"],
            calls: 2
        ),
        CacheCase("fresh in an outage", ttl: 10, [.ask(), .down, .later(10)], ["miss", "hit"], calls: 1),
        CacheCase(
            "too old in an outage",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(71)],
            ["miss", "failed"],
            calls: 2
        ),
        CacheCase(
            "the fallback",
            ttl: 10,
            [.down, .ask(), .up, .ask(), .ask()],
            ["fallback", "miss", "hit"],
            calls: 2,
            change: { $0.fallback = "away" }
        ),
        CacheCase(
            "always live, but for outages",
            ifError: 60,
            [.ask(), .ask(), .down, .ask(), .up, .ask()],
            ["miss", "miss", "degraded", "miss"],
            calls: 4
        ),
        CacheCase("an error is not kept", ttl: 10, [.fails(500), .ask(), .up, .ask()], ["failed", "miss"], calls: 2),
        CacheCase(
            "LangFlow's own lifetime",
            ttl: 10,
            [.answersLive(2), .ask(), .later(2), .later(1)],
            ["miss", "hit", "miss"],
            calls: 2
        ),
        CacheCase("LangFlow's no-store", ttl: 10, [.answersLive(0), .ask(), .ask()], ["miss", "miss"], calls: 2),
    ]

    static let freshness = [
        CacheCase("no-cache", ttl: 10, [.ask(), .ask("no-cache"), .ask()], ["miss", "miss", "hit"], calls: 2),
        CacheCase("no-cache before anything", ttl: 10, [.ask("no-cache"), .ask()], ["miss", "hit"], calls: 1),
        CacheCase(
            "no-cache in an outage",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .ask("no-cache"), .ask()],
            ["miss", "degraded", "hit"],
            calls: 2
        ),
        CacheCase(
            "no-cache in an outage, and nothing old",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(1, "no-cache, stale-if-error=0")],
            ["miss", "failed"],
            calls: 2
        ),
        CacheCase(
            "no-cache when stale",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "no-cache")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase("max-age=0", ttl: 10, [.ask(), .later(1, "max-age=0"), .ask()], ["miss", "miss", "hit"], calls: 2),
        CacheCase("max-age is met", ttl: 10, [.ask(), .later(5, "max-age=5")], ["miss", "hit"], calls: 1),
        CacheCase(
            "max-age is not met",
            ttl: 10,
            [.ask(), .later(6, "max-age=5"), .ask()],
            ["miss", "miss", "hit"],
            calls: 2
        ),
        CacheCase(
            "max-age makes nothing fresher",
            ttl: 10,
            [.ask(), .later(11, "max-age=100")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "the least of two max-ages",
            ttl: 10,
            [.ask(), .later(6, "max-age=9, max-age=5")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "a max-age that cannot be read",
            ttl: 10,
            [.ask(), .later(1, "max-age=x")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "an enormous max-age",
            ttl: 10,
            [.ask(), .later(1, "max-age=99999999999999")],
            ["miss", "hit"],
            calls: 1
        ),
        CacheCase(
            "max-age within revalidation",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "max-age=20"), .ask("max-age=20")],
            ["miss", "stale", "hit"],
            calls: 2
        ),
        CacheCase(
            "max-age over it",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "max-age=12")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "max-age in an outage",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(6, "max-age=5")],
            ["miss", "degraded"],
            calls: 2
        ),
        CacheCase("min-fresh is met", ttl: 10, [.ask(), .later(5, "min-fresh=5")], ["miss", "hit"], calls: 1),
        CacheCase(
            "min-fresh is not met",
            ttl: 10,
            [.ask(), .later(5, "min-fresh=6"), .ask()],
            ["miss", "miss", "hit"],
            calls: 2
        ),
        CacheCase(
            "min-fresh=0 of a stale one",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "min-fresh=0")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "min-fresh over the ttl",
            ttl: 10,
            [.ask("min-fresh=20"), .ask("min-fresh=20")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "min-fresh that cannot be read",
            ttl: 10,
            [.ask(), .ask("min-fresh=-1")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "min-fresh in an outage",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(5, "min-fresh=6")],
            ["miss", "degraded"],
            calls: 2
        ),
    ]
}
