import AmbassadorTesting
import Testing

@testable import AmbassadorCore

@Suite struct FrequencySketchTests {
    @Test("a key that was never seen counts zero")
    func unseen() {
        #expect(FrequencySketch(capacity: 1000).frequency(of: 42) == 0)
    }

    @Test("a count is never under the true one and stops at fifteen")
    func counts() {
        var sketch = FrequencySketch(capacity: 1000)
        for count in 1...40 {
            sketch.increment(42)
            #expect(sketch.frequency(of: 42) == min(count, 15))
        }
    }

    @Test("among a thousand keys nearly every count is exact")
    func accuracy() {
        var sketch = FrequencySketch(capacity: 1024)
        var generator = SeededGenerator(seed: 7)
        let hashes = (0..<1000).map { _ in generator.next() }
        for (index, hash) in hashes.enumerated() {
            for _ in 0...(index % 5) {
                sketch.increment(hash)
            }
        }
        let counts = hashes.enumerated().map { (sketch.frequency(of: $1), $0 % 5 + 1) }
        #expect(counts.allSatisfy { $0 >= $1 })
        #expect(counts.count { $0 == $1 } > 950)
    }

    @Test("counts are halved after ten times the capacity, so that what went out of use is forgotten")
    func aging() {
        var sketch = FrequencySketch(capacity: 64)
        for _ in 0..<12 {
            sketch.increment(42)
        }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<628 {
            sketch.increment(generator.next())
        }
        #expect(sketch.frequency(of: 42) < 12)
        #expect(sketch.frequency(of: 42) >= 6)
    }

    @Test("a sketch that grows keeps its counts and tells more keys apart, up to its capacity")
    func growth() {
        var sketch = FrequencySketch(capacity: 16_384)
        var generator = SeededGenerator(seed: 7)
        let early = (0..<500).map { _ in generator.next() }
        for hash in early { for _ in 0..<5 { sketch.increment(hash) } }
        let counts = early.map { sketch.frequency(of: $0) }
        sketch.grow(toKeys: 1_000_000)
        #expect(early.map { sketch.frequency(of: $0) } == counts)
        let late = (0..<10_000).map { _ in generator.next() }
        for hash in late { sketch.increment(hash) }
        #expect(late.count { sketch.frequency(of: $0) == 1 } > 9_000)
    }
}
