import AmbassadorCore
import AmbassadorTesting
import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

@testable import ambassador

/// A whole ambassador, as `serve` assembles it, on ports and files of its own.
struct RunningAmbassador: Sendable {
    let url: String
    let assembly: Assembly
    let admin: HTTPAdminClient
    let store: String

    /// What a caller got.
    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: String

        var cacheStatus: String { self.headers["cache-status"] ?? "" }
    }

    /// Sends a body to a path and reads the whole answer.
    func post(_ body: String, to path: String = "/run-flow", headers: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: self.url + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        return try await self.send(request)
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: self.url + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await self.send(request)
    }

    /// Asks a flow.
    func ask(_ input: String, of flow: String = "faq") async throws -> Answer {
        try await self.post(#"{"flow_id":"\#(flow)","input":"\#(input)"}"#)
    }

    /// What `/metrics` says.
    var metrics: String { String(buffer: PrometheusText.render(self.assembly.registry)) }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 24)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
            body: String(buffer: body)
        )
    }

    /// The outcomes of the audit log, oldest first.
    func outcomes() async throws -> [String] {
        try await self.texts("SELECT outcome || coalesce(':' || detail, '') FROM audit ORDER BY id")
    }

    /// The same of the requests whose callers were identified: each has a record of its own.
    func outcomesOfIdentified() async throws -> [String] {
        try await self.texts(
            """
            SELECT outcome || coalesce(':' || detail, '') FROM audit
            WHERE id IN (SELECT id FROM audit_records WHERE count IS NULL) ORDER BY id
            """
        )
    }

    /// How many other requests were refused, by their error; these are summed.
    func refusalsOfOthers() async throws -> [String] {
        try await self.texts(
            """
            SELECT error || ' ' || sum(count) FROM audit
            WHERE id IN (SELECT id FROM audit_records WHERE count IS NOT NULL) GROUP BY error ORDER BY error
            """
        )
    }

    /// The number of these requests.
    func sumOfOthers() async throws -> Int {
        Int(try await self.texts("SELECT coalesce(sum(count), 0) FROM audit_records").first ?? "") ?? 0
    }

    private func texts(_ sql: String) async throws -> [String] {
        let table = try await SQLiteAuditSource(path: self.store).rows(sql: sql, limit: 1_000_000)
        return table.rows.map { $0[0].plainText }
    }
}

/// Runs a whole ambassador for the time of a closure, then stops it gracefully.
///
/// The settings are YAML below the addresses, which are free ones; those of `upstream` are members that follow its address.
@discardableResult
func withAmbassador<Result: Sendable>(
    upstream: String,
    upstreamSettings: String = "",
    store: String,
    settings: String,
    takesShortcuts: Bool = true,
    _ body: @Sendable (RunningAmbassador) async throws -> Result
) async throws -> Result {
    let socket = NSTemporaryDirectory() + "a" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let yaml = """
        listen: {address: "127.0.0.1:0"}
        admin: {address: "unix:\(socket)"}
        upstream: {url: "\(upstream)"\(upstreamSettings)}
        store: {path: "\(store)"}
        log: {requests: "off", level: critical}
        \(settings)
        """
    let file = store + ".yaml"
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
    var configuration = try ConfigurationLoader(environment: [:]).load(file: file).configuration
    configuration.takesShortcuts = takesShortcuts
    // Asked for at a moment of its own, the list of flows would be one of the requests that a test counts.
    if !upstreamSettings.contains("flow_names") { configuration.upstream.flowNamesInterval = .zero }
    let assembly = try await Assembly.build(configuration)
    let running = RunningAmbassador(
        url: "http://127.0.0.1:\(assembly.dataAddress?.port ?? 0)",
        assembly: assembly,
        admin: HTTPAdminClient(place: AdminPlace(configuration.admin.address)),
        store: store
    )
    let services = ServiceGroup(
        services: [Running { try await assembly.run(grace: .seconds(20)) }],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    let served = Task { try await services.run() }
    let result: Swift.Result<Result, any Error>
    do {
        result = .success(try await body(running))
    } catch {
        result = .failure(error)
    }
    await services.triggerGracefulShutdown()
    try await served.value
    return try result.get()
}

/// The path of a SQLite file in a folder of its own.
func temporaryStore() throws -> String {
    let folder = NSTemporaryDirectory() + "ambassador-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder + "/ambassador.db"
}

extension TestUpstream {
    /// An upstream that answers as LangFlow does: with the question and the number of the request.
    static func langFlow(
        on group: any EventLoopGroup,
        wait: @escaping @Sendable () async -> Void = {}
    ) async throws
        -> TestUpstream
    {
        let numbers = Counter()
        return try await TestUpstream.start(on: group) { request in
            await wait()
            let members = ScriptedUpstream.members(of: ByteBuffer(bytes: request.body))
            numbers.increment()
            let answer = ScriptedUpstream.answer(
                "answer \(numbers.value) to \(members["input_value"] ?? "")",
                session: members["session_id"] ?? "",
                input: members["input_value"] ?? ""
            )
            return .answer(String(buffer: answer.body))
        }
    }
}
