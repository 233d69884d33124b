package import AmbassadorCore

/// How to reach Redis and what the hot cache may cost.
package struct RedisConfiguration: Sendable {
    package var address: RedisAddress
    /// A PEM file of the authorities to trust with `rediss://`; `nil` for the system's.
    package var trustRootsFile: String?
    /// The names of the entries; replicas share entries exactly where this and `secret` are the same.
    package var keySpace = RedisKeySpace.default
    /// Seals the values; `nil` for a checksum alone, which tells damage but not forgery.
    package var secret: Secret?
    /// How long a command may take until it is a miss and its connection is closed.
    package var commandTimeout = Duration.milliseconds(50)
    /// How long a connection may take to be made, and then its greeting to be answered.
    ///
    /// No request waits for either.
    package var connectTimeout = Duration.seconds(1)
    /// The connections, from 1 to 64.
    ///
    /// One serves over 100,000 look-ups a second, as commands are pipelined; a second one keeps the others going while a large
    /// value is on its way. A key always goes by the same connection, so its commands keep their order.
    package var connections = 2
    /// Whether each event loop that has none of them gets a connection of its own for look-ups, so that these change no thread.
    ///
    /// There are ``connectionsMax`` at most in all.
    package var looksUpOnEveryLoop = false
    package static let connectionsMax = 64
    /// The commands that may be under way at once, over all connections; one more is a miss.
    package var commandsMax = 1024
    /// The bytes of commands that may be under way at once.
    package var commandBytesMax = 16 << 20
    /// The longest value that is written or taken.
    package var valueBytesMax = 4 << 20
    /// The ceiling of the pause between two probes; pauses start near 50 ms and double, each with full jitter.
    package var reconnectDelayMax = Duration.seconds(2)
    /// The longest pause between two tries where Redis refuses this process.
    package var deniedDelay = Duration.seconds(30)
    /// By which share a lifetime in Redis is at random shorter or longer, so that entries of one moment do not expire in one.
    package var lifetimeJitter = 0.1
    /// How long a purge may look for entries.
    package var purgeTimeout = Duration.seconds(60)

    package init(address: RedisAddress) {
        self.address = address
    }
}
