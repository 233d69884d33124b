import AmbassadorCore
import NIOCore
import Testing

@Suite("Trace id")
struct TraceIDTests {
    private static let id = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test(
        "32 lower-case digits are read and written back",
        arguments: [id, "00000000000000000000000000000001", "ffffffffffffffffffffffffffffffff"]
    )
    func reads(hex: String) {
        #expect(TraceID(hex: hex.utf8)?.description == hex)
    }

    @Test(
        "anything else is no id",
        arguments: [
            "", "0", "00000000000000000000000000000000", "4BF92F3577B34DA6A3CE929D0E0E4736",
            "4bf92f3577b34da6a3ce929d0e0e473",
            "4bf92f3577b34da6a3ce929d0e0e47366", "4bf92f3577b34da6a3ce929d0e0e473g", " bf92f3577b34da6a3ce929d0e0e4736",
            "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e47\r\n",
        ]
    )
    func refuses(hex: String) {
        #expect(TraceID(hex: hex.utf8) == nil)
    }

    @Test(
        "the id of a valid traceparent is taken",
        arguments: [
            "00-\(id)-00f067aa0ba902b7-01", "00-\(id)-00f067aa0ba902b7-00", "01-\(id)-00f067aa0ba902b7-01",
            "cc-\(id)-00f067aa0ba902b7-01-what",
        ]
    )
    func readsTraceparent(value: String) {
        #expect(TraceParent(value.utf8)?.trace.description == Self.id)
    }

    @Test(
        "a malformed traceparent has none, and crashes nothing",
        arguments: [
            "", "-", "00", "00-", "00-\(id)", "00-\(id)-00f067aa0ba902b7", "00-\(id)-00f067aa0ba902b7-0",
            "00-\(id)-00f067aa0ba902b7-01-",
            "00-\(id)-00f067aa0ba902b7-01-x", "01-\(id)-00f067aa0ba902b7-01x", "ff-\(id)-00f067aa0ba902b7-01",
            "0-\(id)-00f067aa0ba902b7-01",
            "00-\(id)-0000000000000000-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00_\(id)_00f067aa0ba902b7_01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-\(id)-00F067AA0BA902B7-01",
            "00-\(id)-00f067aa0ba902b7-0G",
            "0G-\(id)-00f067aa0ba902b7-01", " 00-\(id)-00f067aa0ba902b7-01", String(repeating: "-", count: 55),
            String(repeating: "é", count: 55),
        ]
    )
    func refusesTraceparent(value: String) {
        #expect(TraceParent(value.utf8) == nil)
    }

    @Test("the halves are the most and the least significant")
    func takesHalves() {
        #expect(TraceID(high: 0, low: 0) == nil)
        #expect(TraceID(high: 1, low: 0)?.description == "00000000000000010000000000000000")
        #expect(TraceID(high: 0, low: 0xAB)?.description == "000000000000000000000000000000ab")
    }

    @Test("10,000 random ids differ and are read back")
    func randomizes() {
        let ids = (0..<10_000).map { _ in TraceID.random() }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { TraceID(hex: $0.description.utf8) == $0 })
    }
}
