import AmbassadorCore
import AmbassadorTesting
import Foundation
import NIOCore
import Testing

@testable import AmbassadorSQLite

/// What is left of purged answers in the files of a process that has nothing to do.
@Suite(.timeLimit(.minutes(1))) struct PurgedBytesTests {
    /// Whether any of the files beside a path has the bytes.
    private static func holds(_ text: String, _ path: String) throws -> Bool {
        try ["", "-wal", "-shm"].contains { suffix in
            try Data(contentsOf: URL(fileURLWithPath: path + suffix)).range(of: Data(text.utf8)) != nil
        }
    }

    private static func entry(
        _ number: Int,
        target: String = "faq_qa",
        body: Int = 300,
        at time: Int64 = 0
    ) throws
        -> CacheEntry
    {
        try makeEntry(
            target: target,
            number: UInt64(number),
            body: String(repeating: "body-\(number)-\(time);", count: body),
            text: "text-\(number)-\(time);",
            input: "input-\(number)-\(time); of jane\(number)@example.com",
            storedAt: Timestamp(milliseconds: 1_790_000_000_000 + time)
        )
    }

    @Test(
        "nothing that was purged is found by a search in the files, older answers of the same keys included",
        arguments: ["key", "flow", "text", "all"]
    )
    func search(by kind: String) async throws {
        try await withDatabase { fixture in
            // Short and long ones: these have pages of their own.
            for number in 0..<400 {
                let target = number % 4 == 0 ? "purged" : "kept"
                fixture.store.insert(
                    try Self.entry(number, target: target, body: number % 3 == 0 ? 20 : 2_000),
                    lifetime: .seconds(60_000)
                )
            }
            try await fixture.settle()
            let renewed = try Self.entry(200, target: "purged", at: 5)
            fixture.store.insert(renewed, lifetime: .seconds(60_000))
            try await fixture.settle()
            #expect(try Self.holds("body-200-0;", fixture.path) || Self.holds("body-200-5;", fixture.path))
            let selection: PurgeSelection =
                switch kind {
                case "key": .key(renewed.key)
                case "flow": .flow(target: try flow("purged"))
                case "text": PurgeSelection(text: .init(ByteBuffer(string: "jane200@example.com")))
                default: .all
                }
            #expect(try #require(await fixture.store.remove(selection)).removed > 0)
            let gone = kind == "flow" ? [200, 396, 0, 4] : kind == "all" ? [200, 1, 2, 399] : [200]
            for number in gone {
                for word in ["body-\(number)-", "text-\(number)-", "input-\(number)-", "jane\(number)@"] {
                    #expect(try !Self.holds(word, fixture.path), "\(word)")
                }
            }
            if kind != "all" { #expect(try Self.holds("jane1@example.com", fixture.path)) }
        }
    }

    @Test("a reader that holds the log open only delays that") func reader() async throws {
        try await withDatabase { fixture in
            let entry = try Self.entry(1)
            fixture.store.insert(entry, lifetime: .seconds(60_000))
            try await fixture.settle()
            let reader = try Connection(path: DatabaseFile(fixture.path).path, access: .readOnly)
            let rows = try reader.prepare("SELECT body FROM entries")
            #expect(try rows.step())
            #expect(await fixture.store.remove(.key(entry.key)) == Removal(removed: 1))
            #expect(try Self.holds("jane1@example.com", fixture.path))
            rows.reset()
            try await eventually("wiped") { try !Self.holds("jane1@example.com", fixture.path) }
        }
    }
}
