import Synchronization

/// How many commands, and how many bytes of them, may be under way to Redis at once.
///
/// Thread-safe: taken before a command is handed to the event loop, given back at the command's end.
final class CommandBudget: Sendable {
    private let commandsMax: Int
    private let bytesMax: Int
    private let commands = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)

    init(commandsMax: Int, bytesMax: Int) {
        self.commandsMax = commandsMax
        self.bytesMax = bytesMax
    }

    /// Takes room for one command.
    ///
    /// - Returns: whether there was room.
    func take(bytes count: Int) -> Bool {
        guard self.commands.add(1, ordering: .relaxed).newValue <= self.commandsMax else {
            self.commands.subtract(1, ordering: .relaxed)
            return false
        }
        guard self.bytes.add(count, ordering: .relaxed).newValue <= self.bytesMax else {
            self.give(bytes: count)
            return false
        }
        return true
    }

    func give(bytes count: Int) {
        self.commands.subtract(1, ordering: .relaxed)
        self.bytes.subtract(count, ordering: .relaxed)
    }

    /// The commands under way.
    var underWay: Int { self.commands.load(ordering: .relaxed) }
}
