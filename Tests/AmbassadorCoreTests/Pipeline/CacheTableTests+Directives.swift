@testable import AmbassadorCore

extension CacheTableTests {
    static let staleness = [
        CacheCase(
            "max-stale is met",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(15, "max-stale=5")],
            ["miss", "stale"],
            calls: 1
        ),
        CacheCase(
            "max-stale is not met",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(15, "max-stale=4")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "any max-stale",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(70, "max-stale")],
            ["miss", "stale"],
            calls: 1
        ),
        CacheCase(
            "but no staler than what is kept",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(71, "max-stale")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase("max-stale of a fresh one", ttl: 10, [.ask(), .later(5, "max-stale=1")], ["miss", "hit"], calls: 1),
        CacheCase(
            "max-stale of a live flow",
            ifError: 60,
            [.ask(), .later(5, "max-stale=5"), .ask()],
            ["miss", "stale", "miss"],
            calls: 2
        ),
        CacheCase(
            "max-stale within revalidation refreshes",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "max-stale=5"), .ask()],
            ["miss", "stale", "hit"],
            calls: 2
        ),
        CacheCase(
            "max-age and max-stale",
            ttl: 10,
            [.ask(), .later(8, "max-age=5, max-stale=3")],
            ["miss", "hit"],
            calls: 1
        ),
        CacheCase("beyond both", ttl: 10, [.ask(), .later(9, "max-age=5, max-stale=3")], ["miss", "miss"], calls: 2),
        CacheCase(
            "max-stale and min-fresh",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(11, "max-stale, min-fresh=1")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "a max-stale that cannot be read",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(11, "max-stale=x")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "no-cache and max-stale",
            ttl: 10,
            ifError: 60,
            [.ask(), .ask("no-cache, max-stale")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "stale-if-error that is met",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(15, "stale-if-error=5")],
            ["miss", "degraded"],
            calls: 2
        ),
        CacheCase(
            "stale-if-error that is not met",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(16, "stale-if-error=5")],
            ["miss", "failed"],
            calls: 2
        ),
        CacheCase(
            "stale-if-error widens nothing",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(71, "stale-if-error=100")],
            ["miss", "failed"],
            calls: 2
        ),
        CacheCase(
            "stale-if-error=0 leaves the fallback",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(11, "stale-if-error=0")],
            ["miss", "fallback"],
            calls: 2,
            change: { $0.fallback = "away" }
        ),
        CacheCase(
            "stale-if-error while LangFlow answers",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(11, "stale-if-error=60")],
            ["miss", "miss"],
            calls: 2
        ),
        CacheCase(
            "stale-if-error of a fresh one",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(5, "stale-if-error=0")],
            ["miss", "hit"],
            calls: 1
        ),
    ]

    static let storing = [
        CacheCase(
            "no-store is past the cache",
            ttl: 10,
            [.ask(), .ask("no-store"), .ask()],
            ["miss", "bypass", "hit"],
            calls: 2
        ),
        CacheCase("no-store keeps nothing", ttl: 10, [.ask("no-store"), .ask()], ["bypass", "miss"], calls: 2),
        CacheCase(
            "no-store in an outage",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .ask("no-store")],
            ["miss", "failed"],
            calls: 2
        ),
        CacheCase("no-store, no-cache", ttl: 10, [.ask("no-cache, no-store"), .ask()], ["bypass", "miss"], calls: 2),
        CacheCase("only-if-cached of nothing", ttl: 10, [.ask("only-if-cached")], ["refused"], calls: 0),
        CacheCase(
            "only-if-cached of a fresh one",
            ttl: 10,
            [.ask(), .ask("only-if-cached")],
            ["miss", "hit"],
            calls: 1
        ),
        CacheCase(
            "only-if-cached of a stale one",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(11, "only-if-cached")],
            ["miss", "refused"],
            calls: 1
        ),
        CacheCase(
            "only-if-cached, and stale will do",
            ttl: 10,
            ifError: 60,
            [.ask(), .later(11, "only-if-cached, max-stale=1")],
            ["miss", "stale"],
            calls: 1
        ),
        CacheCase(
            "only-if-cached gives no cause for a refresh",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "only-if-cached"), .ask("only-if-cached")],
            ["miss", "stale", "stale"],
            calls: 1
        ),
        CacheCase(
            "only-if-cached, no-cache",
            ttl: 10,
            [.ask(), .ask("only-if-cached, no-cache")],
            ["miss", "refused"],
            calls: 1
        ),
        CacheCase(
            "only-if-cached, no-store",
            ttl: 10,
            [.ask(), .ask("only-if-cached, no-store")],
            ["miss", "refused"],
            calls: 1
        ),
        CacheCase("only-if-cached of an uncached flow", [.ask("only-if-cached")], ["refused"], calls: 0),
        CacheCase(
            "only-if-cached has no fallback",
            ttl: 10,
            [.ask("only-if-cached")],
            ["refused"],
            calls: 0,
            change: { $0.fallback = "away" }
        ),
        CacheCase(
            "an unknown directive",
            ttl: 10,
            [.ask(), .ask("x=\"no-cache, no-store\"")],
            ["miss", "hit"],
            calls: 1
        ),
        CacheCase(
            "a flow that ignores what callers ask for",
            ttl: 10,
            [.ask("no-store"), .ask("no-cache"), .ask("max-age=0"), .ask("no-store"), .later(11, "only-if-cached")],
            ["miss", "hit", "hit", "hit", "miss"],
            calls: 2,
            change: { $0.requestCacheControl = .ignore }
        ),
    ]

    /// What a caller gets who may not have a flow answered anew.
    static let withoutRefresh = [
        CacheCase("no-cache", ttl: 10, [.ask(), .ask("no-cache")], ["miss", "hit"], calls: 1),
        CacheCase("max-age=0", ttl: 10, [.ask(), .later(1, "max-age=0")], ["miss", "hit"], calls: 1),
        CacheCase("min-fresh", ttl: 10, [.ask(), .ask("min-fresh=100")], ["miss", "hit"], calls: 1),
        CacheCase(
            "no-store of what is stored",
            ttl: 10,
            [.ask(), .ask("no-store"), .ask()],
            ["miss", "hit", "hit"],
            calls: 1
        ),
        CacheCase("no-store of what is not", ttl: 10, [.ask("no-store"), .ask()], ["bypass", "miss"], calls: 2),
        CacheCase(
            "no-store within revalidation",
            ttl: 10,
            whileRevalidate: 60,
            [.ask(), .later(15, "no-store"), .ask("no-store")],
            ["miss", "stale", "stale"],
            calls: 1
        ),
        CacheCase("only-if-cached", ttl: 10, [.ask("only-if-cached")], ["refused"], calls: 0),
        CacheCase("max-stale", ttl: 10, ifError: 60, [.ask(), .later(15, "max-stale")], ["miss", "stale"], calls: 1),
        CacheCase(
            "stale-if-error",
            ttl: 10,
            ifError: 60,
            [.ask(), .down, .later(15, "stale-if-error=1")],
            ["miss", "failed"],
            calls: 2
        ),
    ]
}
