import AmbassadorHTTP
import AmbassadorTesting
import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorAdmin
@testable import AmbassadorCore

/// Caches that keep what was purged and know the flow `faq_qa` alone.
final class WitnessCaches: CacheAdministration, CurationAdministration {
    private let made = Mutex<[String]>([])
    /// What comes of every decision.
    let result: CurationResult
    private let selections = Mutex<[PurgeSelection]>([])
    /// Whether the store can be written.
    let hasStore: Bool

    init(hasStore: Bool = true, result: CurationResult = .done) {
        self.hasStore = hasStore
        self.result = result
    }

    var decisions: [String] { self.made.withLock { $0 } }

    func pin(_ key: CacheKey, text: ByteBuffer?, author: String, reason: String) async -> CurationResult {
        self.decide("pin \(text.map { String(buffer: $0) } ?? "-") \(author) \(reason)")
    }

    func tombstone(_ key: CacheKey, author: String, reason: String) async -> CurationResult {
        self.decide("tombstone \(author) \(reason)")
    }

    func unpin(_ key: CacheKey) async -> CurationResult { self.decide("unpin") }

    private func decide(_ decision: String) -> CurationResult {
        self.made.withLock { $0.append(decision) }
        return self.result
    }

    var curationMarks: [CurationMark] {
        guard let key = CacheKey(AdminAccessTests.key) else { return [] }
        let answer = Answer(body: ByteBuffer(string: "{}"), sessionOffsets: [], text: ByteBuffer(string: "a \"b\""))
        let time = Timestamp(milliseconds: 0)
        return [CurationMark(key: key, kind: .pin(answer), author: "ops", reason: "why", time: time)]
    }

    var purges: [PurgeSelection] { self.selections.withLock { $0 } }

    var statistics: CacheStatistics {
        CacheStatistics(memoryEntries: 1, memoryBytes: 2, memoryBytesMax: 3, hasSharedCache: false)
    }

    func target(ofFlow name: FlowName) -> FlowName? {
        name.description == "faq_qa" ? FlowName("target") : nil
    }

    func purge(_ selection: PurgeSelection) async -> PurgeReport {
        self.selections.withLock { $0.append(selection) }
        return PurgeReport(memory: 3, shared: nil, store: self.hasStore ? 4 : nil)
    }
}

/// A retention that has so many rows to remove.
struct WitnessRetention: RetentionAdministration {
    var removed: Int? = 7

    func pruneNow() async -> Int? { self.removed }
}

/// An audit log that keeps the changes it is told.
final class WitnessAudit: AdminAudit {
    private let recorded = Mutex<[AdminChange]>([])
    var changes: [AdminChange] { self.recorded.withLock { $0 } }

    func record(_ change: AdminChange) async {
        self.recorded.withLock { $0.append(change) }
    }
}

/// An admin plane on a free port of this machine.
struct AdminHarness: Sendable {
    static let connectionsMax = 64

    let address: SocketAddress
    let caches: WitnessCaches
    let audit: WitnessAudit

    /// What a caller got.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        headers: [(String, String)] = [],
        body: String = ""
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(self.address.port ?? 0)\(path)")
        request.method = method
        request.headers = HTTPHeaders(headers)
        if !body.isEmpty {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: String(buffer: try await response.body.collect(upTo: 1 << 20))
        )
    }
}

/// Runs an admin plane for the time of a closure.
func withAdmin(
    _ authenticator: some Authenticator,
    failures: RateLimiter? = nil,
    caches: WitnessCaches = WitnessCaches(),
    retention: WitnessRetention = WitnessRetention(),
    _ body: (AdminHarness) async throws -> Void
) async throws {
    let audit = WitnessAudit()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let clocks = MockClock().clocks
    let plane = AdminPlane(
        gate: AdminGate(authenticator: authenticator, failures: failures, clocks: clocks, logger: logger),
        audit: audit,
        caches: caches,
        curation: caches,
        retention: retention,
        metrics: MetricRegistry(),
        logger: logger
    )
    var configuration = HTTPServerConfiguration()
    configuration.name = .admin
    configuration.address = .tcp(host: "127.0.0.1", port: 0)
    configuration.hosts = KnownHosts(["admin.internal"], remedy: "Ask under localhost.")
    configuration.bodyBytesMax = AdminPlane.bodyBytesMax
    configuration.connectionsMax = AdminHarness.connectionsMax
    let server = HTTPServer(
        configuration: configuration,
        responder: PlainPlane(plane),
        group: MultiThreadedEventLoopGroup.singleton,
        metrics: MetricRegistry(),
        clocks: clocks,
        logger: logger
    )
    let address = try #require(await server.bind())
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(AdminHarness(address: address, caches: caches, audit: audit)))
    } catch {
        result = .failure(error)
    }
    await server.shutdown()
    try result.get()
}
