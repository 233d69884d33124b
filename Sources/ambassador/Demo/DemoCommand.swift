import AmbassadorCore
import ArgumentParser
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle

/// `ambassador demo`: the main job for someone who has no LangFlow yet.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run against a small built-in stand-in for LangFlow, to see a miss, a hit and an outage."
    )

    @Option(name: .long, help: ArgumentHelp("Where applications connect.", valueName: "address"))
    var listen = "127.0.0.1:8080"

    @Option(name: .long, help: ArgumentHelp("Where metrics and the admin API are served.", valueName: "address"))
    var admin = "127.0.0.1:8081"

    @Option(name: .long, help: ArgumentHelp("The port of the stand-in for LangFlow on 127.0.0.1.", valueName: "port"))
    var upstreamPort = 7861

    func run() async throws {
        try await reporting {
            let signals = try Signals.watch()
            let folder = FileManager.default.temporaryDirectory.appending(path: "ambassador-demo-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer {
                // What is left in the temporary folder is the system's to clear.
                try? FileManager.default.removeItem(at: folder)
            }
            try await self.serve(in: folder.path, until: signals)
        }
    }

    private func serve(in folder: String, until signals: Signals) async throws {
        let store = folder + "/ambassador.db"
        let configuration = try self.demonstration(folder: folder, store: store)
        let assembly = try await Assembly.build(configuration)
        let silent = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let tour = DemoTour(listen: self.listen, admin: self.admin, port: self.upstreamPort, store: store)
        let upstream = DemoUpstream(
            address: ("127.0.0.1", self.upstreamPort),
            answerTime: .seconds(1),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: silent,
            onListening: { try Terminal.output.write(tour.text) }
        )
        let ambassador = Running { try await assembly.run(signals: signals, grace: configuration.shutdownGrace) }
        let services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: upstream),
            .init(service: ambassador, successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        try await ServiceGroup(configuration: .init(services: services, logger: silent)).run()
    }

    /// Short lives, so that a stale answer can be seen within the demonstration's minute of outage.
    private func demonstration(folder: String, store: String) throws -> AmbassadorConfiguration {
        let options = [
            ("--listen", "listen.address", self.listen), ("--admin", "admin.address", self.admin),
            ("--upstream-port", "upstream.url", "http://127.0.0.1:\(self.upstreamPort)"),
            ("demo", "store.path", store), ("demo", "defaults.ttl", "20s"), ("demo", "defaults.stale_if_error", "1d"),
            ("demo", "defaults.session", "ignore"), ("demo", "log.requests", "off"), ("demo", "log.level", "error"),
            ("demo", "defaults.fallback", "The assistant is away. This is the flow's fallback answer."),
        ]
        let flags = options.map { SettingFlag(name: $0.0, path: $0.1, value: $0.2) }
        return try ConfigurationLoader(environment: [:], directory: folder).load(flags: flags).configuration
    }
}
