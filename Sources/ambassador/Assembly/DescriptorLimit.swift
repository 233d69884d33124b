import Glibc
import Logging

/// How many files and sockets this process may have open at once.
struct DescriptorLimit: Equatable {
    /// More are not counted one by one.
    private static let countedMax: Int32 = 65_536

    let count: Int

    /// Raises the limit as far as the process may (from the soft limit to the hard one).
    ///
    /// The soft limit is kept low by custom, for programs that cannot do with more than 1,024.
    ///
    /// - Returns: The limit before; `nil` where there was nothing to raise, or it could not be.
    static func raise() -> DescriptorLimit? {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return nil }
        let before = DescriptorLimit(count: Int(clamping: limit.rlim_cur))
        limit.rlim_cur = limit.rlim_max
        return setrlimit(resource, &limit) == 0 ? before : nil
    }

    /// Says that the limit was raised from this one.
    func sayRaised(to logger: Logger) {
        logger.info(
            "the limit of open files is raised to the hard limit",
            metadata: ["before": "\(self.count)", "limit": "\(Self.current.count)"]
        )
    }

    /// How many event loops there are room for, each with some descriptors of its own, of so many.
    func loops(of wanted: Int) -> Int { min(wanted, max(1, self.count / 16)) }

    /// The limit in force.
    static var current: DescriptorLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            // There is no such system; the least that POSIX promises would stop everybody.
            return DescriptorLimit(count: 1024)
        }
        return DescriptorLimit(count: Int(clamping: limit.rlim_cur))
    }

    /// How many descriptors are open now; without `/proc`, which a sandbox may hide.
    static var openCount: Int {
        (0..<min(Int32(clamping: Self.current.count), Self.countedMax)).count { fcntl($0, F_GETFD) >= 0 }
    }
}
