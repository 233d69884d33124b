import AmbassadorCore
import NIOCore
import Testing

@testable import ambassador

@Suite struct AccessLogTests {
    private func line(_ subject: AuditSubject.Fields, _ kind: Refusal.Kind?) throws -> JSONValue {
        var record = AuditRecord(
            of: AuditSubject(subject),
            time: Timestamp(milliseconds: 1_790_000_000_007),
            traceID: .random(),
            outcome: .refused,
            status: 401
        )
        record.errorKind = kind
        var line = ByteBuffer()
        AccessLog.write(record, into: &line)
        #expect(line.readableBytesView.last == UInt8(ascii: "\n"))
        line.moveWriterIndex(to: line.writerIndex - 1)
        return try JSONParser.parse(line)
    }

    @Test("a refused credential's line says why, and whose token it was") func refused() throws {
        let detail = ErrorDetail.credential(.expired, issuer: "https://idp.example")
        let line = try self.line(.init(route: .runFlow, tenant: .default, errorDetail: detail), .unauthenticated)
        #expect(line["error"]?.string?.text == "unauthenticated")
        #expect(line["error_detail"]?.string?.text == "expired")
        #expect(line["issuer"]?.string?.text == "https://idp.example")
    }

    @Test("where nothing lies behind an error the members are left out") func plain() throws {
        let line = try self.line(.init(route: .runFlow, tenant: .default), .malformedJSON)
        #expect(line["error"]?.string?.text == "malformed_json")
        #expect(line["error_detail"] == nil)
        #expect(line["issuer"] == nil)
    }
}
