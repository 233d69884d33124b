import Glibc
import Logging

/// How many files and sockets this process may have open at once.
struct DescriptorLimit: Equatable {
    /// More are not counted one by one.
    private static let countedMax: Int32 = 65_536

    let count: Int

    /// Raises the limit as far as the process may (from the soft limit to the hard one), and says so.
    ///
    /// The soft limit is kept low by custom, for programs that cannot do with more than 1,024.
    static func raise(_ logger: Logger) {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(resource, &limit) == 0 else {
            logger.warning("the limit of open files cannot be raised", metadata: ["limit": "\(before)"])
            return
        }
        logger.info(
            "the limit of open files is raised to the hard limit",
            metadata: ["before": "\(before)", "limit": "\(limit.rlim_max)"]
        )
    }

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
