import AmbassadorTesting
import Foundation
import NIOCore
import Testing

@testable import AmbassadorCore

/// Hit ratios under a Zipf distribution, beside an LRU of the same size and the best that any fixed choice of entries could do.
@Suite struct MemoryCachePolicyTests {
    private static let capacity = 1000
    private static let keyCount = 10_000

    private final class Subjects {
        let cache = MemoryCache(
            bytesMax: MemoryCachePolicyTests.capacity * 1024,
            entryBytesMax: 16 << 10,
            metrics: MetricRegistry(),
            sketchSeed: 1
        )
        var lru = LRU(capacity: MemoryCachePolicyTests.capacity)
        private let keys: [CacheKey]
        private let now = NIODeadline.uptimeNanoseconds(1)

        init() {
            self.keys = (0..<MemoryCachePolicyTests.keyCount).map { CacheKey.sample(UInt64($0)) }
        }

        func ask(_ number: Int) -> (cache: Bool, lru: Bool) {
            let key = number < self.keys.count ? self.keys[number] : CacheKey.sample(UInt64(number))
            let isHit = self.cache.entry(for: key, at: self.now) != nil
            if !isHit {
                self.cache.insert(.sample(key), expiresAt: .distantFuture)
            }
            return (isHit, self.lru.ask(number))
        }

        func ratios(of numbers: [Int]) -> (cache: Double, lru: Double) {
            let answers = numbers.map { self.ask($0) }
            return (
                Double(answers.count { $0.cache }) / Double(numbers.count),
                Double(answers.count { $0.lru }) / Double(numbers.count)
            )
        }
    }

    @Test("a working set is kept better than by an LRU, and near the best that is possible")
    func zipf() {
        let subjects = Subjects()
        var zipf = Zipf(count: Self.keyCount, exponent: 0.9, seed: 3)
        _ = subjects.ratios(of: zipf.draw(100_000))
        let (cache, lru) = subjects.ratios(of: zipf.draw(50_000))
        let ideal = zipf.share(ofTop: Self.capacity)
        #expect(cache > lru + 0.05, "cache \(cache), LRU \(lru), ideal \(ideal)")
        #expect(cache > 0.92 * ideal, "cache \(cache), LRU \(lru), ideal \(ideal)")
    }

    @Test("one pass over ten times the capacity leaves the working set in place, which it does not in an LRU")
    func scan() {
        let subjects = Subjects()
        var zipf = Zipf(count: Self.keyCount, exponent: 0.9, seed: 3)
        _ = subjects.ratios(of: zipf.draw(100_000))
        let before = subjects.ratios(of: zipf.draw(2000))
        let during = subjects.ratios(of: Array(1_000_000..<(1_000_000 + 10 * Self.capacity)))
        #expect(during.cache == 0)
        let after = subjects.ratios(of: zipf.draw(1000))
        #expect(after.cache > after.lru + 0.15, "cache \(after.cache), LRU \(after.lru)")
        #expect(after.cache > 0.9 * before.cache, "cache \(before.cache), then \(after.cache)")
    }

    @Test("a working set that moves on is followed")
    func shift() {
        let subjects = Subjects()
        var zipf = Zipf(count: Self.keyCount, exponent: 0.9, seed: 3)
        _ = subjects.ratios(of: zipf.draw(100_000))
        _ = subjects.ratios(of: zipf.draw(60_000).map { Self.keyCount - 1 - $0 })
        let (cache, lru) = subjects.ratios(of: zipf.draw(20_000).map { Self.keyCount - 1 - $0 })
        #expect(cache > lru, "cache \(cache), LRU \(lru)")
    }
}

/// Numbers from zero, the first the most frequent.
private struct Zipf {
    private var cumulative: [Double] = []
    private var generator: SeededGenerator

    init(count: Int, exponent: Double, seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
        var sum = 0.0
        for rank in 1...count {
            sum += pow(Double(rank), -exponent)
            self.cumulative.append(sum)
        }
        self.cumulative = self.cumulative.map { $0 / sum }
    }

    func share(ofTop count: Int) -> Double { self.cumulative[count - 1] }

    mutating func draw(_ count: Int) -> [Int] {
        (0..<count).map { _ in
            let point = Double.random(in: 0..<1, using: &self.generator)
            var low = 0
            var high = self.cumulative.count - 1
            while low < high {
                let middle = (low + high) / 2
                if self.cumulative[middle] <= point { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }
}

/// A plain LRU of so many numbers.
private struct LRU {
    let capacity: Int
    private var lastUse: [Int: Int] = [:]
    private var uses: [(number: Int, time: Int)] = []
    private var oldest = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func ask(_ number: Int) -> Bool {
        let isHit = self.lastUse[number] != nil
        self.lastUse[number] = self.uses.count
        self.uses.append((number, self.uses.count))
        while self.lastUse.count > self.capacity {
            let use = self.uses[self.oldest]
            if self.lastUse[use.number] == use.time {
                self.lastUse[use.number] = nil
            }
            self.oldest += 1
        }
        return isHit
    }
}
