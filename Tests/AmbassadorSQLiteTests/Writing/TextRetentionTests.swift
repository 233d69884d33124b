import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorSQLite

/// Texts are bounded, and go with the records that name them.
@Suite struct TextRetentionTests {
    private static let bytesOfTexts = """
        SELECT (SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) FROM audit_inputs)
            + (SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) FROM audit_answers)
        """
    private static let bytesCounted = "SELECT value FROM counters WHERE name = 'audit_text_bytes'"

    @Test("a hundred inputs of a megabyte leave sixteen of them, the newest ones") func size() async throws {
        let maximum = 16 << 20
        try await withDatabase {
            $0.auditTextBytesMax = maximum
        } _: { fixture in
            let text = String(repeating: "é", count: 500_000)
            for number in 0..<100 {
                try await fixture.record([try makeRecord(at: fixture.clock.now, input: text + "\(number)")])
            }
            try await eventually {
                try fixture.connect().integer(Self.bytesOfTexts) ?? .max <= Int64(maximum)
            }
            let left = try fixture.count("audit WHERE input IS NOT NULL")
            #expect((14...16).contains(left))
            #expect(try fixture.count("audit WHERE input_hash IS NOT NULL") == 100)
            #expect(try fixture.count("audit WHERE input IS NOT NULL AND id <= \(100 - left)") == 0)
            try await fixture.settle()
            #expect(
                try fixture.connect().integer(Self.bytesCounted) == fixture.connect().integer(Self.bytesOfTexts)
            )
        }
    }

    @Test("texts go soon after the last record that names them, and those of a record that is kept stay")
    func unused() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            let configure: (inout SQLiteConfiguration) -> Void = { $0.auditRecordsMax = 300 }
            try await withDatabase(at: path, configure) { fixture in
                for number in 0..<2_000 {
                    // One in ten asks what was asked before.
                    let text = number % 10 == 0 ? "always" : "question \(number)"
                    try await fixture.record([try makeRecord(at: fixture.clock.now, input: text)])
                }
                try await eventually { try fixture.count("audit_records") == 300 }
                // A stretch has 64 records here, and the first of those that are left may be its last.
                try await eventually { try fixture.count("audit_inputs") <= 300 + 2 * 64 }
                #expect(try fixture.count("audit WHERE input IS NULL") == 0)
                #expect(try fixture.count("audit WHERE input = 'always'") == 30)
                #expect(try fixture.count("audit_stretches") <= 8)
            }
            // A process that begins anew shares no text with what was written before, and forgets none of it.
            try await withDatabase(at: path, configure) { fixture in
                try await fixture.record((0..<500).map { try makeRecord(at: fixture.clock.now, input: "new \($0)") })
                try await eventually { try fixture.count("audit_inputs") <= 300 + 2 * 64 }
                #expect(try fixture.count("audit_records") == 300)
                #expect(try fixture.count("audit WHERE input IS NULL") == 0)
                #expect(
                    try fixture.connect().integer(Self.bytesCounted) == fixture.connect().integer(Self.bytesOfTexts)
                )
            }
        }
    }

    @Test("sums of refusals, which stay for longer, keep no texts") func beneathSums() async throws {
        let clock = SettableClock()
        try await withDatabase(clock: clock) {
            $0.auditRecordsMax = 100
        } _: { fixture in
            var refusal = try makeRecord(at: clock.now, flow: nil, outcome: .refused)
            for number in 0..<1_000 {
                refusal.count = 1
                try await fixture.record([refusal, try makeRecord(at: clock.now, input: "question \(number)")])
            }
            try await eventually { try fixture.count("audit_inputs") <= 100 + 2 * 64 }
            #expect(try fixture.count("audit_records WHERE count IS NULL") == 100)
            #expect(try fixture.count("audit_records WHERE count IS NOT NULL") == 1_000)
            #expect(try fixture.count("audit WHERE input IS NULL AND outcome = 'hit'") == 0)
        }
    }
}
