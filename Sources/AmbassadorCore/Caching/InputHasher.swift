import Crypto
import NIOCore

/// Makes the part of a key that says what was asked.
package enum InputHasher {
    /// SHA-256 over everything in a request that may change its answer.
    ///
    /// Bound: what ``TextNormalization`` takes, and about 2 ms for each MiB that is hashed.
    ///
    /// The encoding has a version; every field has a tag, a mark of presence and, before its bytes, their number (8 bytes, little
    /// endian): no two different requests have one encoding. The tenant and the target are in the key's ``CacheScope``.
    ///
    /// - Parameters:
    ///   - run: what was asked.
    ///   - normalization: how the input is brought into the form that is hashed. Part of the hash itself: an answer that was
    ///     kept under a folded question must not be found once the operator asks for exact ones.
    ///   - globalVariables: those that are sent to LangFlow, in any order; their names are unique.
    ///   - session: the session where it counts, else `nil`.
    ///   - form: the form of the answer where it counts, else `nil`: where a flow reuses streams, a stream and a plain answer say the
    ///     same.
    ///   - isEarlier: whether the hash is the one of before the form of `text` changed last.
    /// - Returns: equal hashes for requests of one meaning, by whichever call they came.
    package static func hash(
        _ run: RunInput,
        normalization: Normalization,
        globalVariables: [GlobalVariable],
        session: SessionID?,
        form: Answer.Form?,
        isEarlier: Bool = false
    ) -> InputHash {
        // Every element is taken or left out by name, so that a new one breaks the build here. Left out: the flow, because its
        // target is in the scope; the request's own session and the form of the answer, because the flow's settings decide
        // whether they count; and what OpenAI's calls say besides, which shapes the view of the answer alone, or keeps a request from
        // the cache.
        let (_, input, inputType, outputType, outputComponent, tweaks, _, _, _) = run.parts
        let canonical =
            isEarlier && normalization == .text
            ? TextNormalization.coarse(input) : TextNormalization.canonical(input, normalization)
        var encoding = Encoding(longest: max(canonical.readableBytes, tweaks?.canonical.readableBytes ?? 0))
        encoding.write(.operation, "run")
        encoding.write(.normalization, isEarlier ? normalization.earlierFormName : normalization.formName)
        encoding.write(.input, canonical)
        encoding.write(.inputType, inputType.rawValue)
        encoding.write(.outputType, outputType.rawValue)
        encoding.write(.outputComponent, outputComponent?.buffer)
        encoding.write(.tweaks, tweaks?.canonical)
        for variable in Self.sorted(globalVariables) {
            encoding.write(.globalName, variable.name)
            encoding.write(.globalValue, variable.value)
        }
        encoding.write(.session, session?.description)
        // A document is what the encoding means where it says nothing.
        if form == .records { encoding.write(.form, "records") }
        return encoding.hash()
    }

    private static func sorted(_ variables: [GlobalVariable]) -> [GlobalVariable] {
        guard variables.count > 1 else { return variables }
        return variables.sorted { left, right in
            if left.name.utf8.elementsEqual(right.name.utf8) {
                return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
            }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }
}

/// What is hashed: short fields together, long ones where they are, so that none is copied.
private struct Encoding {
    private static let copiedBytesMax = 4_096
    private var buffer: ByteBuffer
    private var hasher = SHA256()

    init(longest: Int) {
        self.buffer = ByteBufferAllocator().buffer(capacity: 256 + min(longest, Self.copiedBytesMax))
        self.buffer.writeStaticString("ambassador-input-1")
    }

    mutating func write(_ tag: Tag, _ text: String?) {
        guard self.begin(tag, count: text?.utf8.count), let text else { return }
        self.buffer.writeString(text)
    }

    mutating func write(_ tag: Tag, _ bytes: ByteBuffer?) {
        guard self.begin(tag, count: bytes?.readableBytes), let bytes else { return }
        guard bytes.readableBytes > Self.copiedBytesMax else {
            self.buffer.writeImmutableBuffer(bytes)
            return
        }
        self.hashBuffer()
        bytes.withUnsafeReadableBytes { self.hasher.update(bufferPointer: $0) }
    }

    /// Writes what stands before a field's bytes; says whether it is present.
    private mutating func begin(_ tag: Tag, count: Int?) -> Bool {
        self.buffer.writeMultipleIntegers(tag.rawValue, UInt8(count == nil ? 0 : 1))
        guard let count else { return false }
        self.buffer.writeInteger(UInt64(count), endianness: .little)
        return true
    }

    private mutating func hashBuffer() {
        let buffer = self.buffer
        self.buffer = ByteBuffer()
        buffer.withUnsafeReadableBytes { self.hasher.update(bufferPointer: $0) }
    }

    mutating func hash() -> InputHash {
        self.hashBuffer()
        return InputHash(
            words: self.hasher.finalize().withUnsafeBytes { bytes in
                (Self.word(0, of: bytes), Self.word(1, of: bytes), Self.word(2, of: bytes), Self.word(3, of: bytes))
            }
        )
    }

    private static func word(_ position: Int, of bytes: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * position, as: UInt64.self))
    }
}

/// A field's number in the encoding; numbers are never used again for another field.
private enum Tag: UInt8 {
    case operation = 1
    case normalization = 2
    case input = 3
    case inputType = 4
    case outputType = 5
    case outputComponent = 6
    case tweaks = 7
    case globalName = 8
    case globalValue = 9
    case session = 10
    case form = 11
}
