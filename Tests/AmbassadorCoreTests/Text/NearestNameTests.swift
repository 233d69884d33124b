import Testing

@testable import AmbassadorCore

@Suite("Nearest name")
struct NearestNameTests {
    private static let valid = ["flow_id", "input", "session_id", "tweaks", "output_type", "output_component"]

    @Test(
        "the name that was meant is found",
        arguments: [
            ("flowid", "flow_id"), ("flow_ids", "flow_id"), ("Flow_ID", "flow_id"), ("inptu", "input"),
            ("sessionid", "session_id"),
            ("tweak", "tweaks"), ("outputtype", "output_type"), ("output-type", "output_type"), ("ses", "session_id"),
            ("tweasks", "tweaks"), ("output_components", "output_component"),
        ]
    )
    func finds(name: String, nearest: String) {
        #expect(NearestName.of(name.utf8, among: Self.valid) == nearest)
    }

    @Test(
        "nothing is suggested for what is near to nothing",
        arguments: ["", "x", "temperature", "\u{4F60}\u{597D}", "aaaaaaaaaa"]
    )
    func findsNothing(name: String) {
        #expect(NearestName.of(name.utf8, among: Self.valid) == nil)
    }

    @Test("a name of a megabyte costs nothing")
    func boundsWork() {
        #expect(NearestName.of([UInt8](repeating: 0x61, count: 1_000_000), among: Self.valid) == nil)
        #expect(NearestName.of("a".utf8, among: []) == nil)
    }

    @Test(
        "edits are counted, swaps as one",
        arguments: [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("abc", "", 3)]
    )
    func distances(left: String, right: String, distance: Int) {
        #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == distance)
    }

    @Test("short names are near within two edits, and never by being replaced whole")
    func shortNames() {
        let valid = ["ttl", "stale_if_error", "session", "shared"]
        #expect(NearestName.of("tll".utf8, among: valid) == "ttl")
        #expect(NearestName.of("TTL".utf8, among: valid) == "ttl")
        #expect(NearestName.of("sesion".utf8, among: valid) == "session")
        #expect(NearestName.of("qqqqqq".utf8, among: valid) == nil)
        #expect(NearestName.of("xy".utf8, among: ["on", "a"]) == nil)
    }
}
