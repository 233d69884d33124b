import AmbassadorCore
import NIOCore
import Testing

@testable import AmbassadorRedis

@Suite struct EnvelopeTests {
    private static let secret = Secret("0123456789abcdef")
    private static let seals = [EnvelopeSeal(secret: nil), EnvelopeSeal(secret: secret)]

    private func encoded(_ entry: CacheEntry, _ seal: EnvelopeSeal) throws -> ByteBuffer {
        try #require(Envelope.encode(entry, expiry: Samples.expiry, seal: seal, bytesMax: 1 << 20))
    }

    @Test("an entry comes back as it was, with a secret and without", arguments: [0, 1])
    func roundTrip(seal: Int) throws {
        let entry = try Samples.entry()
        let value = try self.encoded(entry, Self.seals[seal])
        let decoded = try #require(
            Envelope.decode(value, for: entry.key, at: Samples.now, seal: Self.seals[seal])
        )
        #expect(decoded.isSame(as: entry))
    }

    @Test("an entry without its optional parts comes back as it was")
    func sparse() throws {
        let full = try Samples.entry()
        let entry = CacheEntry(
            key: full.key,
            tenant: .default,
            target: full.target,
            storedAt: Timestamp(milliseconds: 0),
            lifetimeMax: nil,
            // A flag, and nothing else.
            forbidsStale: true,
            answer: Answer(body: ByteBuffer(string: "x"), sessionOffsets: [], text: ByteBuffer()),
            usage: Usage(inputTokens: nil, outputTokens: 0),
            upstreamMicroseconds: 0,
            input: nil
        )
        let value = try self.encoded(entry, Self.seals[0])
        let decoded = try #require(Envelope.decode(value, for: entry.key, at: Samples.now, seal: Self.seals[0]))
        #expect(decoded.isSame(as: entry))
    }

    @Test("the first bytes are the format's: magic, version, flags, length")
    func firstBytes() throws {
        let value = try self.encoded(try Samples.entry(), Self.seals[1])
        #expect(value.getString(at: 0, length: 4) == "AMBR")
        #expect(value.getBytes(at: 4, length: 2) == [1, 0b11111])
        #expect(value.getInteger(at: 6, as: UInt32.self) == UInt32(value.readableBytes))
    }

    @Test("the head of any entry fits into the bytes that a purge reads")
    func headFits() throws {
        let entry = try Samples.entry(
            tenant: String(repeating: "t", count: 63),
            target: String(repeating: "f", count: 128)
        )
        var head = try #require(try self.encoded(entry, Self.seals[0]).getSlice(at: 0, length: Envelope.headBytesMax))
        let read = try #require(EnvelopeHead(reading: &head))
        #expect(read.tenant == entry.tenant && read.target == entry.target && read.key == entry.key)
        #expect(head.readableBytes == 0)
    }

    @Test("every single flipped bit is found", arguments: [0, 1])
    func bitFlips(seal: Int) throws {
        let entry = try Samples.entry()
        let value = try self.encoded(entry, Self.seals[seal])
        for position in 0..<value.readableBytes * 8 {
            var damaged = value
            let byte = try #require(value.getInteger(at: position / 8, as: UInt8.self))
            damaged.setInteger(byte ^ 1 << UInt8(position % 8), at: position / 8)
            #expect(Envelope.decode(damaged, for: entry.key, at: Samples.now, seal: Self.seals[seal]) == nil)
        }
    }

    @Test("every truncation and every extension is found", arguments: [0, 1])
    func lengths(seal: Int) throws {
        let entry = try Samples.entry()
        let value = try self.encoded(entry, Self.seals[seal])
        for length in 0..<value.readableBytes {
            let cut = try #require(value.getSlice(at: 0, length: length))
            #expect(Envelope.decode(cut, for: entry.key, at: Samples.now, seal: Self.seals[seal]) == nil)
        }
        var longer = value
        longer.writeInteger(UInt8(0))
        #expect(Envelope.decode(longer, for: entry.key, at: Samples.now, seal: Self.seals[seal]) == nil)
    }

    @Test("of 20,000 random mutations none is taken and none crashes")
    func mutations() throws {
        let entry = try Samples.entry()
        let value = try self.encoded(entry, Self.seals[1])
        for _ in 0..<20_000 {
            let mutated = Self.mutated(value)
            guard mutated != value else { continue }
            #expect(Envelope.decode(mutated, for: entry.key, at: Samples.now, seal: Self.seals[1]) == nil)
        }
    }

    @Test("of 20,000 mutations with a right checksum none crashes, and what is taken is in range")
    func forgedChecksums() throws {
        // Without a secret anybody can make the checksum right, so that what is under it must be read with the same care.
        let entry = try Samples.entry()
        let seal = Self.seals[0]
        let value = try self.encoded(entry, seal)
        let covered = try #require(value.getSlice(at: 0, length: value.readableBytes - EnvelopeSeal.byteCount))
        var taken = 0
        for _ in 0..<20_000 {
            var forged = Self.mutated(covered)
            if forged.readableBytes >= 10, Bool.random() {
                forged.setInteger(UInt32(forged.readableBytes + EnvelopeSeal.byteCount), at: forged.readerIndex + 6)
            }
            seal.seal(&forged)
            guard let decoded = Envelope.decode(forged, for: entry.key, at: Samples.now, seal: seal) else { continue }
            taken += 1
            #expect(decoded.key == entry.key)
            #expect(decoded.answer.body.readableBytes > 0)
            #expect(decoded.answer.sessionOffsets.allSatisfy { (0...decoded.answer.body.readableBytes).contains($0) })
            #expect(Envelope.Bounds.time.contains(decoded.storedAt.milliseconds))
        }
        #expect(taken > 0)
    }

    @Test("random bytes are no entry")
    func noise() throws {
        let key = try Samples.key()
        for _ in 0..<10_000 {
            let noise = ByteBuffer(bytes: (0..<Int.random(in: 0...400)).map { _ in UInt8.random(in: 0...255) })
            #expect(Envelope.decode(noise, for: key, at: Samples.now, seal: Self.seals[0]) == nil)
        }
    }

    @Test("a value moved to another key is not taken")
    func swapped() throws {
        let value = try self.encoded(try Samples.entry(1), Self.seals[1])
        #expect(Envelope.decode(value, for: try Samples.key(2), at: Samples.now, seal: Self.seals[1]) == nil)
    }

    @Test("a value made with another secret, or with none, is not taken, nor the other way round")
    func secrets() throws {
        let entry = try Samples.entry()
        let other = EnvelopeSeal(secret: Secret("fedcba9876543210"))
        let all = Self.seals + [other]
        for (writer, written) in all.enumerated() {
            let value = try self.encoded(entry, written)
            for (reader, reading) in all.enumerated() where reader != writer {
                #expect(Envelope.decode(value, for: entry.key, at: Samples.now, seal: reading) == nil)
            }
        }
    }

    @Test("a value is taken until its expiry and not from then on")
    func expiry() throws {
        let entry = try Samples.entry()
        let value = try self.encoded(entry, Self.seals[1])
        let before = Timestamp(milliseconds: Samples.expiry.milliseconds - 1)
        #expect(Envelope.decode(value, for: entry.key, at: before, seal: Self.seals[1]) != nil)
        #expect(Envelope.decode(value, for: entry.key, at: Samples.expiry, seal: Self.seals[1]) == nil)
    }

    @Test("an entry of just the longest length is written, one byte more is not")
    func lengthLimit() throws {
        let entry = try Samples.entry()
        let length = try self.encoded(entry, Self.seals[0]).readableBytes
        let seal = Self.seals[0]
        #expect(Envelope.encode(entry, expiry: Samples.expiry, seal: seal, bytesMax: length) != nil)
        #expect(Envelope.encode(entry, expiry: Samples.expiry, seal: seal, bytesMax: length - 1) == nil)
    }

    private static func mutated(_ value: ByteBuffer) -> ByteBuffer {
        var bytes = Array(value.readableBytesView)
        for _ in 0..<Int.random(in: 1...4) where !bytes.isEmpty {
            let position = Int.random(in: bytes.indices)
            switch Int.random(in: 0..<5) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8)
            case 1: bytes[position] = [0, 1, 0x7F, 0x80, 0xFF].randomElement() ?? 0
            case 2: bytes.remove(at: position)
            case 3: bytes.insert(UInt8.random(in: 0...255), at: position)
            default: bytes.removeLast(Int.random(in: 0...min(8, bytes.count)))
            }
        }
        return ByteBuffer(bytes: bytes)
    }
}
