import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("Records of a stream") struct RecordSplitterTests {
    private static func split(
        _ pieces: [String],
        recordBytesMax: Int = 1 << 20
    ) throws -> (records: [String], hasRest: Bool) {
        var splitter = RecordSplitter(recordBytesMax: recordBytesMax)
        var records: [String] = []
        for piece in pieces where !piece.isEmpty {
            splitter.append(ByteBuffer(string: piece))
            while let record = try splitter.next() { records.append(String(buffer: record)) }
        }
        return (records, splitter.hasRest)
    }

    @Test("a record ends with an empty line, wherever the network cuts")
    func cuts() throws {
        let records = ["{\"a\": 1}\n\n", "x\n\n", "data: {}\ndata: y\n\n", "{\"event\": \"end\"}\n\n"]
        let bytes = Array(records.joined().utf8)
        for step in 1...bytes.count {
            let pieces = stride(from: 0, to: bytes.count, by: step).map {
                String(decoding: bytes[$0..<min($0 + step, bytes.count)], as: UTF8.self)
            }
            let split = try Self.split(pieces)
            #expect(split.records == records, "in pieces of \(step)")
            #expect(!split.hasRest)
        }
    }

    @Test("line breaks between records mean nothing; what has no end is a rest")
    func rest() throws {
        let split = try Self.split(["\n\r\n{}\n\n\n\n\n", "\n{\"a\"", ": 1}\n"])
        #expect(split.records == ["{}\n\n"])
        #expect(split.hasRest)
        #expect(try Self.split(["{}\n\n\n"]).hasRest == false)
    }

    @Test("a record of exactly the limit is one; a byte more is not, whole or not")
    func limit() throws {
        let record = String(repeating: "a", count: 98) + "\n\n"
        #expect(try Self.split([record], recordBytesMax: 100).records == [record])
        #expect(throws: UpstreamError.self) { try Self.split(["b" + record], recordBytesMax: 100) }
        #expect(throws: UpstreamError.self) {
            try Self.split([String(repeating: "a", count: 101)], recordBytesMax: 100)
        }
    }

    @Test("of a long stream no more is held than the record that has begun, wherever the network cuts")
    func memory() throws {
        let record = String(repeating: "a", count: 998) + "\n\n"
        let piece = ByteBuffer(string: String(record.suffix(500) + record.prefix(500)))
        var splitter = RecordSplitter(recordBytesMax: 1 << 20)
        for _ in 0..<5000 {
            splitter.append(piece)
            while try splitter.next() != nil {}
        }
        #expect(splitter.buffer.readableBytes == 500)
        #expect(splitter.buffer.storageCapacity < 16 << 10)
    }
}
