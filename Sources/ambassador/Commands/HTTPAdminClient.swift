import AmbassadorCore
import AmbassadorHTTP
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The admin API over HTTP, on a port or a Unix socket.
struct HTTPAdminClient: AdminClient {
    let address: ListenAddress
    /// What is shown to the admin plane: an API key or a token; `nil` where it asks nobody.
    var key: Secret?

    private static let answerBytesMax = 4 << 20
    private static let timeout: TimeAmount = .seconds(30)

    func purge(_ selection: PurgeRequest) async throws -> PurgeResult {
        let answer = try await self.call(.POST, "/admin/v1/cache/purge", body: selection.json)
        guard let answer, let result = PurgeResult(answer) else {
            throw CommandFailure(
                "\(self.address) answered a purge with something else than counts; is it the admin address?"
            )
        }
        return result
    }

    func cacheStatistics() async throws -> JSONValue {
        let answer = try await self.call(.GET, "/admin/v1/cache/stats", body: nil)
        guard let answer, case .object = answer else {
            throw CommandFailure(
                "\(self.address) answered with something else than statistics; is it the admin address?"
            )
        }
        return answer
    }

    func curate(_ verb: String, _ decision: JSONValue) async throws {
        let answer = try await self.call(.POST, "/admin/v1/cache/\(verb)", body: decision)
        guard let result = answer?["result"]?.string?.text else {
            throw CommandFailure("\(self.address) answered with something else than a result; is it the admin address?")
        }
        guard result == "done" else {
            throw CommandFailure("it is in force, but what was stored could not be removed everywhere; purge the key")
        }
    }

    func marks() async throws -> [JSONValue] {
        guard let marks = try await self.call(.GET, "/admin/v1/cache/marks", body: nil)?["marks"]?.array else {
            throw CommandFailure("\(self.address) answered with something else than marks; is it the admin address?")
        }
        return marks
    }

    /// - Returns: `nil` where the answer is not JSON.
    private func call(_ method: HTTPMethod, _ path: String, body: JSONValue?) async throws -> JSONValue? {
        var request = HTTPClientRequest(url: self.url(path))
        request.method = method
        if case .unix = self.address { request.headers.add(name: "host", value: "localhost") }
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.revealed)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            var bytes = ByteBuffer()
            JSONWriter.write(body, into: &bytes)
            request.body = .bytes(bytes)
        }
        let status: Int
        let answer: JSONValue?
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
            status = Int(response.status.code)
            answer = Self.json(try await response.body.collect(upTo: Self.answerBytesMax))
        } catch {
            throw CommandFailure(
                "no answer from the admin API at \(self.address); is the ambassador running? (\(error))"
            )
        }
        guard status == 200 else { throw Self.failure(status, answer) }
        return answer
    }

    private func url(_ path: String) -> String {
        switch self.address {
        case .tcp: "http://\(self.address)\(path)"
        case .unix(let socket):
            "http+unix://\(socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")\(path)"
        }
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
