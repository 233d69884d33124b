import AmbassadorCore
import AmbassadorHTTP
import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a running ambassador whether it is well, where a probe is a command, as in a container without curl.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Say whether a running ambassador is well.",
        discussion: """
            Asks the listener for probes (probes.address) where there is one, else the one for applications. The answer is printed.

            EXAMPLES:
              ambassador health                         liveness
              ambassador health --ready                 readiness; LangFlow or Redis being away leaves it ready
              HEALTHCHECK CMD ["ambassador", "health"]  in a Dockerfile

            \(exitStatusHelp)
            """
    )

    private static let answerBytesMax = 64 << 10

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(name: .long, help: "Ask whether it is ready, not only whether it is alive.")
    var ready = false

    @Option(
        name: .long,
        help: ArgumentHelp("Where it is asked; the configuration says it if left out.", valueName: "address")
    )
    var address: String?

    @Option(name: .long, help: ArgumentHelp("How many seconds it has.", valueName: "seconds"))
    var timeout = 2

    func validate() throws {
        guard (1...60).contains(self.timeout) else { throw ValidationError("--timeout is 1 to 60 seconds.") }
    }

    func run() async throws {
        try await reporting { try await self.execute(to: Terminal.output) }
    }

    func execute(to output: any TextOutput) async throws {
        let address = try self.listener()
        let client = HTTPClient(
            origin: address.origin,
            configuration: HTTPClientConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        let answer = await Self.ask(
            client,
            self.ready ? Probe.ready : .live,
            until: .now() + .seconds(Int64(self.timeout))
        )
        await client.shutdown()
        switch answer {
        case .success(let (status, text)):
            guard status == 200 else { throw CommandFailure("\(address) answered \(status): \(visible(text))") }
            try output.write(visible(text) + "\n")
        case .failure(let error):
            throw CommandFailure("no answer from \(address); is the ambassador running? (\(error))")
        }
    }

    private static func ask(
        _ client: HTTPClient,
        _ probe: Probe,
        until deadline: NIODeadline
    ) async -> Result<(status: Int, text: String), HTTPCallError> {
        do throws(HTTPCallError) {
            let (head, body) = try await client.send(
                HTTPRequest(.GET, probe.rawValue, fields: HTTPHeaders()),
                bytesMax: Self.answerBytesMax,
                deadline: deadline
            )
            return .success((Int(head.status.code), String(buffer: body)))
        } catch {
            return .failure(error)
        }
    }

    private func listener() throws -> ListenAddress {
        if let address {
            do throws(InvalidValue) {
                return try ListenAddress(address)
            } catch {
                throw ValidationError("--address \"\(visible(address))\" \(error.reason)")
            }
        }
        let configuration = try self.configuration.load().configuration
        if let probes = configuration.probes.address { return probes }
        guard configuration.listen.tls.certificateFile == nil else {
            throw CommandFailure("listen.tls is set; set probes.address, where probes are answered without TLS")
        }
        return configuration.listen.address
    }
}
