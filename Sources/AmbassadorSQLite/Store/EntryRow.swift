import AmbassadorCore
import Crypto
import NIOCore

/// How an entry stands in a row of `entries`.
enum EntryRow {
    static let columns = """
        scope, input_hash, checksum, stored_at, tenant, target, lifetime_max_us, upstream_us, input_tokens, output_tokens, \
        session_offsets, text, input, body, form, forbids_stale
        """

    /// A row that was read.
    enum Reading {
        case entry(CacheEntry)
        /// The row of another key that has the same number.
        case otherKey
        /// What is there does not match its checksum.
        case invalid(checksum: ByteBuffer)
    }

    /// The column `key`: 64 bits of the key.
    ///
    /// The whole key is compared on reading, and the newer of two keys that meet stays.
    static func number(of key: CacheKey) -> Int64 {
        // The scope is turned, so that two equal hashes in tenant and input do not cancel out.
        Int64(bitPattern: key.input.words.0 ^ (key.scope.high << 31 | key.scope.high >> 33))
    }

    /// The bytes that the row takes in the file, roughly.
    static func size(of entry: CacheEntry) -> Int {
        let payload =
            entry.answer.body.readableBytes + entry.answer.text.readableBytes + (entry.input?.readableBytes ?? 0)
        let row = payload + 4 * entry.answer.sessionOffsets.count + 2 * (entry.tenant.description.utf8.count + 40) + 320
        // In the long run replaced and expired rows leave holes, so that pages are full to 70 %; long rows go on in pages of their own.
        return row < 8_000 ? row * 10 / 7 : (row / 8_192 + 1) * 8_192 + 512
    }

    static func bind(_ entry: CacheEntry, expiresAt: Timestamp, size: Int, to statement: Statement) {
        statement.bind(blob: Self.bytes(of: entry.key.scope), at: 1)
        statement.bind(blob: entry.key.input.bytes, at: 2)
        statement.bind(blob: Self.checksum(of: entry), at: 3)
        statement.bind(entry.storedAt.milliseconds, at: 4)
        statement.bind(entry.tenant.description, at: 5)
        statement.bind(entry.target.description, at: 6)
        statement.bind(entry.lifetimeMax.map(\.microseconds), at: 7)
        statement.bind(entry.upstreamMicroseconds, at: 8)
        statement.bind(entry.usage.inputTokens, at: 9)
        statement.bind(entry.usage.outputTokens, at: 10)
        statement.bind(blob: Self.bytes(ofOffsets: entry.answer.sessionOffsets), at: 11)
        statement.bind(blob: entry.answer.text, at: 12)
        statement.bind(blob: entry.input, at: 13)
        statement.bind(blob: entry.answer.body, at: 14)
        statement.bind(Int64(entry.answer.form.rawValue), at: 15)
        statement.bind(entry.forbidsStale ? 1 : 0, at: 16)
        statement.bind(Self.number(of: entry.key), at: 17)
        statement.bind(expiresAt.milliseconds, at: 18)
        statement.bind(size, at: 19)
    }

    /// Reads the row that a statement stands on, whose columns are ``columns``.
    static func read(_ row: Statement, for key: CacheKey) -> Reading {
        let isKey =
            row.withBytes(at: 0) { $0.elementsEqual(Self.bytes(of: key.scope)) }
            && row.withBytes(at: 1) { $0.elementsEqual(key.input.bytes) }
        let checksum = row.blob(at: 2)
        guard let entry = Self.entry(row, for: key), checksum.readableBytesView.elementsEqual(Self.checksum(of: entry))
        else {
            // A row whose key was damaged is another key's row to this reader, and nobody else's: it ages out.
            return isKey ? .invalid(checksum: checksum) : .otherKey
        }
        return isKey ? .entry(entry) : .otherKey
    }

    private static func entry(_ row: Statement, for key: CacheKey) -> CacheEntry? {
        guard
            let tenant = TenantID(row.text(at: 4).utf8), let target = FlowName(row.text(at: 5).utf8),
            let offsets = Self.offsets(row.blob(at: 10)),
            let form = UInt8(exactly: row.integer(at: 14)).flatMap(Answer.Form.init(rawValue:))
        else { return nil }
        return CacheEntry(
            key: key,
            tenant: tenant,
            target: target,
            storedAt: Timestamp(milliseconds: row.integer(at: 3)),
            lifetimeMax: row.optionalInteger(at: 6).map { .microseconds($0) },
            forbidsStale: row.integer(at: 15) != 0,
            answer: Answer(form: form, body: row.blob(at: 13), sessionOffsets: offsets, text: row.blob(at: 11)),
            usage: Usage(
                inputTokens: row.optionalInteger(at: 8).map { Int($0) },
                outputTokens: row.optionalInteger(at: 9).map { Int($0) }
            ),
            upstreamMicroseconds: row.integer(at: 7),
            input: row.isNull(at: 12) ? nil : row.blob(at: 12)
        )
    }

    /// SHA-256 over the key and everything that is served, each part behind its length.
    ///
    /// The body alone would not do: an offset or a time that flipped serves a wrong answer just as well.
    private static func checksum(of entry: CacheEntry) -> [UInt8] {
        var hasher = SHA256()
        let numbers: [Int64?] = [
            entry.storedAt.milliseconds, entry.lifetimeMax?.microseconds, entry.upstreamMicroseconds,
            entry.usage.inputTokens.map(Int64.init), entry.usage.outputTokens.map(Int64.init),
        ]
        for number in numbers {
            withUnsafeBytes(of: (number == nil ? 0 : 1 as UInt8)) { hasher.update(bufferPointer: $0) }
            withUnsafeBytes(of: (number ?? 0).littleEndian) { hasher.update(bufferPointer: $0) }
        }
        Self.update(&hasher, Self.bytes(of: entry.key.scope))
        Self.update(&hasher, entry.key.input.bytes)
        Self.update(&hasher, Array(entry.tenant.description.utf8))
        Self.update(&hasher, Array(entry.target.description.utf8))
        Self.update(&hasher, Self.bytes(ofOffsets: entry.answer.sessionOffsets))
        Self.update(&hasher, entry.answer.text)
        Self.update(&hasher, entry.answer.body)
        if let input = entry.input { Self.update(&hasher, input) }
        // Where there is nothing of them, it is that of the time before there were other forms, and before stale answers were forbidden.
        if entry.answer.form != .document { Self.update(&hasher, [entry.answer.form.rawValue]) }
        if entry.forbidsStale { Self.update(&hasher, Array("forbids stale".utf8)) }
        return Array(hasher.finalize())
    }

    static func update(_ hasher: inout SHA256, _ bytes: [UInt8]) {
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }

    static func update(_ hasher: inout SHA256, _ bytes: ByteBuffer) {
        withUnsafeBytes(of: UInt64(bytes.readableBytes).littleEndian) { hasher.update(bufferPointer: $0) }
        bytes.withUnsafeReadableBytes { hasher.update(bufferPointer: $0) }
    }

    static func bytes(of scope: CacheScope) -> [UInt8] {
        [scope.high, scope.low].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }

    static func bytes(ofOffsets offsets: [Int]) -> [UInt8] {
        offsets.flatMap { offset in withUnsafeBytes(of: UInt32(clamping: offset).littleEndian) { Array($0) } }
    }

    static func offsets(_ bytes: ByteBuffer) -> [Int]? {
        var bytes = bytes
        var offsets: [Int] = []
        guard bytes.readableBytes % 4 == 0 else { return nil }
        offsets.reserveCapacity(bytes.readableBytes / 4)
        while let offset = bytes.readInteger(endianness: .little, as: UInt32.self) { offsets.append(Int(offset)) }
        return offsets
    }
}
