import NIOCore
import Synchronization

@testable import AmbassadorCore

/// A LangFlow whose flows a test makes, moves and deletes, and that tells what it is asked.
final class FakeLangFlow: FlowSource {
    struct Contents {
        var flows: [FlowIdentity] = []
        var versions: [FlowName: FlowVersion] = [:]
        var isAway = false
        var isComplete = true
        var asked: [FlowName] = []
        var lists = 0
    }

    let contents: Mutex<Contents>

    init(_ flows: [FlowIdentity] = [], versions: [FlowName: FlowVersion] = [:]) {
        self.contents = Mutex(Contents(flows: flows, versions: versions))
    }

    func change(_ body: (inout Contents) -> Void) { self.contents.withLock { body(&$0) } }

    func flows(maxAge: Duration) async throws(UpstreamError) -> FlowList {
        let list = self.contents.withLock { contents -> FlowList? in
            guard !contents.isAway else { return nil }
            contents.lists += 1
            return FlowList(
                contents.flows,
                isComplete: contents.isComplete,
                askedAt: .uptimeNanoseconds(UInt64(contents.lists))
            )
        }
        guard let list else { throw .unreachable(UpstreamCause(.refused)) }
        return list
    }

    func version(ofFlow id: FlowName) async throws(UpstreamError) -> FlowVersion {
        let version = self.contents.withLock { contents -> FlowVersion? in
            contents.asked.append(id)
            return contents.isAway ? nil : contents.versions[id] ?? .gone
        }
        guard let version else { throw .unreachable(UpstreamCause(.refused)) }
        return version
    }
}

/// The notes of a store that is as old as the test.
final class FakeNotes: DurableNotes {
    let texts = Mutex<[String: String]>([:])

    func note(_ name: String) async -> String? { self.texts.withLock { $0[name] } }

    func keep(_ text: String, as name: String) async -> Bool {
        self.texts.withLock { $0[name] = text }
        return true
    }
}

/// A flow's id that ends in a number.
func flowID(_ number: Int) -> FlowName {
    let digits = String(number)
    let id = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    guard let name = FlowName(id) else { preconditionFailure("a UUID is a name: \(id)") }
    return name
}

extension FlowIdentity {
    init(_ number: Int, _ endpointName: String?) {
        self.init(id: flowID(number), endpointName: endpointName.flatMap { FlowName($0) }, title: "Flow \(number)")
    }
}
