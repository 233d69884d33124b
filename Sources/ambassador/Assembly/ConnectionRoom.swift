import AmbassadorCore
import Logging

/// How many connections each plane takes, so that descriptors are left for everything else.
struct ConnectionRoom: Equatable {
    /// Operators, scrapers and probes are few; they may have two listeners.
    private static let adminMax = 64
    /// What comes and goes: files, resolvers, issuers, a connection that is accepted only to make another one close.
    private static let spare = 32

    let data: Int
    let admin: Int
    /// The most connections of applications that were asked for.
    let wanted: Int
    let limit: DescriptorLimit

    /// - Parameters:
    ///   - wanted: `limits.connections`.
    ///   - upstream: how many connections to LangFlow there may be.
    ///   - loops: how many event loops there are; each may have connections of its own to Redis.
    ///   - limit: how many descriptors there may be.
    ///   - open: how many there are already.
    init(wanted: Int, upstream: Int, loops: Int, limit: DescriptorLimit, open: Int) {
        let free = max(0, limit.count - open)
        let reserve = min(2 * Self.adminMax + upstream + 2 * loops + Self.spare, free / 2)
        self.admin = max(2, min(Self.adminMax, reserve / 4))
        self.data = max(2, min(wanted, free - reserve))
        self.wanted = wanted
        self.limit = limit
    }

    /// Says where fewer connections are taken than were asked for.
    func say(to logger: Logger) {
        guard self.data < self.wanted else { return }
        logger.warning(
            "limits.connections cannot be had within the limit of open files; raise that (ulimit -n, LimitNOFILE) or lower it",
            metadata: [
                "limits.connections": "\(self.wanted)", "connections": "\(self.data)",
                "open_files.limit": "\(self.limit.count)",
            ]
        )
    }
}

extension AmbassadorConfiguration {
    /// The connections that each plane takes, with all that is open now.
    func connectionRoom(loops: Int) -> ConnectionRoom {
        ConnectionRoom(
            wanted: self.limits.connectionsMax,
            upstream: self.upstream.concurrencyMax ?? ConcurrencyLimit.autoMax,
            loops: loops,
            limit: .current,
            open: DescriptorLimit.openCount
        )
    }
}
