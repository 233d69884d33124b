import Testing

@testable import AmbassadorCore

@Suite struct SeededHashTests {
    @Test("equal bytes have equal hashes wherever they lie; one bit more or less, or a zero more, makes another")
    func differs() {
        let seeded = SeededHash()
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            let hash = bytes.withUnsafeBytes(seeded.hash)
            // Moved by one, so that the words lie otherwise in memory.
            #expect(([0] + bytes).withUnsafeBytes { seeded.hash(UnsafeRawBufferPointer(rebasing: $0[1...])) } == hash)
            #expect((bytes + [0]).withUnsafeBytes(seeded.hash) != hash)
            #expect(([0] + bytes).withUnsafeBytes(seeded.hash) != hash)
            for position in bytes.indices {
                for bit in 0..<8 {
                    var other = bytes
                    other[position] ^= 1 << UInt8(bit)
                    #expect(other.withUnsafeBytes(seeded.hash) != hash, "byte \(position) of \(count)")
                }
            }
        }
    }

    @Test("two tables hash alike by chance alone")
    func seeded() {
        let bytes: [UInt8] = Array("the same bytes".utf8)
        let hashes = Set((0..<100).map { _ in bytes.withUnsafeBytes(SeededHash().hash) })
        #expect(hashes.count == 100)
    }

    @Test("bodies that differ in a number spread over a table's places")
    func spreads() {
        let seeded = SeededHash()
        var counts = [Int](repeating: 0, count: 64)
        for number in 0..<6_400 {
            let body = Array(#"{"flow_id":"faq_qa","input":"Question \#(number): how do I get a new password?"}"#.utf8)
            counts[Int(body.withUnsafeBytes(seeded.hash) & 63)] += 1
        }
        // A hundred each on average, with a deviation of ten: beyond six of them once in millions of seeds.
        #expect(counts.allSatisfy { (35...170).contains($0) }, "\(counts)")
    }
}
