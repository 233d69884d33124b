import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The admin API over HTTP, on a port or a Unix socket.
struct HTTPAdminClient: AdminClient {
    let address: ListenAddress

    private static let answerBytesMax = 4 << 20
    private static let timeout: TimeAmount = .seconds(30)

    func purge(_ selection: PurgeRequest) async throws -> PurgeResult {
        let answer = try await self.call(.POST, "/admin/v1/cache/purge", body: selection.json)
        do {
            return try JSONDecoder().decode(PurgeResult.self, from: answer)
        } catch {
            throw CommandFailure(
                "\(self.address) answered a purge with something else than counts; is it the admin address?"
            )
        }
    }

    func cacheStatistics() async throws -> OutputJSON {
        let answer = try await self.call(.GET, "/admin/v1/cache/stats", body: nil)
        guard let value = OutputJSON(parsing: answer), case .object = value else {
            throw CommandFailure(
                "\(self.address) answered with something else than statistics; is it the admin address?"
            )
        }
        return value
    }

    private func call(_ method: HTTPMethod, _ path: String, body: OutputJSON?) async throws -> Data {
        var request = HTTPClientRequest(url: self.url(path))
        request.method = method
        if case .unix = self.address { request.headers.add(name: "host", value: "localhost") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        let status: Int
        let answer: Data
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
            status = Int(response.status.code)
            let bytes = try await response.body.collect(upTo: Self.answerBytesMax)
            answer = Data(bytes.readableBytesView)
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

    private static func failure(_ status: Int, _ answer: Data) -> CommandFailure {
        if case .object(let members)? = OutputJSON(parsing: answer),
            case .string(let message)? = members.first(where: { $0.name == "error" })?.value
        {
            return CommandFailure("the admin API answered \(status): \(visible(message))")
        }
        return CommandFailure("the admin API answered \(status)")
    }
}
