import AmbassadorCore
import AmbassadorHTTP
import NIOCore
import NIOHTTP1
import NIOPosix

/// The admin API over HTTP, on a port, with TLS or without, or a Unix socket.
struct HTTPAdminClient: AdminClient {
    let place: AdminPlace
    /// What is shown to the admin plane: an API key or a token; `nil` where it asks nobody.
    var key: Secret?
    /// How its certificate is checked; for a place with TLS only.
    var tls: ClientTLS?

    /// All marks, of which the ambassador keeps 64 MiB, each byte as six at worst.
    private static let answerBytesMax = 400 << 20
    private static let timeout: TimeAmount = .seconds(30)

    func purge(_ selection: PurgeRequest) async throws -> PurgeResult {
        let answer = try await self.call(.POST, "/admin/v1/cache/purge", body: selection.json)
        guard let answer, let result = PurgeResult(answer) else {
            throw CommandFailure(
                "\(self.place) answered a purge with something else than counts; is it the admin address?"
            )
        }
        return result
    }

    func cacheStatistics() async throws -> JSONValue {
        let answer = try await self.call(.GET, "/admin/v1/cache/stats", body: nil)
        guard let answer, case .object = answer else {
            throw CommandFailure(
                "\(self.place) answered with something else than statistics; is it the admin address?"
            )
        }
        return answer
    }

    func curate(_ verb: String, _ decision: JSONValue) async throws {
        let answer = try await self.call(.POST, "/admin/v1/cache/\(verb)", body: decision)
        guard let result = answer?["result"]?.string?.text else {
            throw CommandFailure("\(self.place) answered with something else than a result; is it the admin address?")
        }
        guard result == "done" else {
            throw CommandFailure("it is in force, but what was stored could not be removed everywhere; purge the key")
        }
    }

    func pruneAudit() async throws -> Int {
        guard let count = try await self.call(.POST, "/admin/v1/audit/prune", body: nil)?["removed"]?.count else {
            throw CommandFailure("\(self.place) answered with something else than a count; is it the admin address?")
        }
        return count
    }

    func marks() async throws -> [JSONValue] {
        guard let marks = try await self.call(.GET, "/admin/v1/cache/marks", body: nil)?["marks"]?.array else {
            throw CommandFailure("\(self.place) answered with something else than marks; is it the admin address?")
        }
        return marks
    }

    /// - Returns: `nil` where the answer is not JSON.
    private func call(_ method: HTTPMethod, _ path: String, body: JSONValue?) async throws -> JSONValue? {
        var fields = HTTPHeaders()
        if let key { fields.add(name: "authorization", value: "Bearer \(key.revealed)") }
        var bytes = ByteBuffer()
        if let body {
            fields.add(name: "content-type", value: "application/json")
            JSONWriter.write(body, into: &bytes)
        }
        let client = HTTPClient(
            origin: self.place.origin,
            configuration: HTTPClientConfiguration(),
            tls: self.tls,
            group: MultiThreadedEventLoopGroup.singleton
        )
        let outcome: Result<(head: HTTPResponseHead, body: ByteBuffer), HTTPCallError>
        do throws(HTTPCallError) {
            let answer = try await client.send(
                HTTPRequest(method, path, fields: fields, body: bytes),
                bytesMax: Self.answerBytesMax,
                deadline: .now() + Self.timeout
            )
            outcome = .success(answer)
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        let status: Int
        let answer: JSONValue?
        switch outcome {
        case .success(let found):
            status = Int(found.head.status.code)
            answer = Self.json(found.body)
        case .failure(let error):
            throw CommandFailure(
                "no answer from the admin API at \(self.place); is the ambassador running? (\(error))"
            )
        }
        guard status == 200 else { throw Self.failure(status, answer) }
        return answer
    }

    private static func json(_ bytes: ByteBuffer) -> JSONValue? {
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            // Some other server may listen there; what it says is none of an ambassador's answers.
            return nil
        }
    }

    private static func failure(_ status: Int, _ answer: JSONValue?) -> CommandFailure {
        let reason = answer?["error"]?.string.map { ": \(visible($0.text))" } ?? ""
        let hint = status == 401 ? " (give a key with --admin-key-file or \(AdminKey.variable))" : ""
        return CommandFailure("the admin API answered \(status)\(reason)\(hint)")
    }
}
