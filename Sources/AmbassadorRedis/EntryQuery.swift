import AmbassadorCore
import NIOCore

/// The commands that read entries, of which one was formatted: those of two keys differ in digits alone.
struct EntryQuery: Sendable {
    private let template: RedisCommand
    private let keySpace: RedisKeySpace
    /// Where the key's name stands in the template.
    private let nameIndex: Int

    /// - Returns: `nil` where memory is short.
    init?(of keySpace: RedisKeySpace, valueBytesMax: Int) {
        let key = CacheKey(scope: CacheScope(high: 0, low: 0), input: InputHash(words: (0, 0, 0, 0)))
        let name = keySpace.name(of: key)
        // One byte more than is taken, so that a longer value is told from one that just fits.
        guard let template = RedisCommand.get(name, bytesMax: valueBytesMax) else { return nil }
        let bytes = template.bytes.readableBytesView
        guard let range = bytes.firstRange(of: name.readableBytesView) else {
            preconditionFailure("a formatted command does not hold its argument")
        }
        self.template = template
        self.keySpace = keySpace
        self.nameIndex = range.lowerBound
    }

    func command(for key: CacheKey) -> RedisCommand {
        var bytes = self.template.bytes
        self.keySpace.setDigits(of: key, in: &bytes, nameAt: self.nameIndex)
        return RedisCommand(name: self.template.name, bytes: bytes)
    }
}
