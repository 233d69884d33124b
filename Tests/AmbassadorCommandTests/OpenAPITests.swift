import AmbassadorCore
import Foundation
import Testing
import Yams

/// What a slip of the pen breaks in docs/openapi.yaml, found without a validator; `Tests/System/openapi` asks one, and the routes.
@Suite("docs/openapi.yaml")
struct OpenAPITests {
    private static let methods: Set<String> = ["get", "head", "post", "put", "delete", "options", "patch", "trace"]

    private let document: [String: Any]

    init() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/openapi.yaml")
        let loaded = try Yams.load(yaml: String(contentsOf: path, encoding: .utf8))
        self.document = try #require(loaded as? [String: Any])
    }

    /// Every mapping of the document, with where it stands.
    private static func mappings(_ value: Any, at place: String = "#") -> [(place: String, mapping: [String: Any])] {
        if let mapping = value as? [String: Any] {
            return [(place, mapping)] + mapping.flatMap { Self.mappings($1, at: "\(place)/\($0)") }
        }
        if let sequence = value as? [Any] {
            return sequence.enumerated().flatMap { Self.mappings($1, at: "\(place)/\($0)") }
        }
        return []
    }

    private func value(at reference: String) -> Any? {
        reference.split(separator: "/").dropFirst().reduce(self.document as Any?) { value, name in
            (value as? [String: Any])?[String(name).replacing("~1", with: "/")]
        }
    }

    private var operations: [(name: String, operation: [String: Any])] {
        let paths = self.document["paths"] as? [String: [String: Any]] ?? [:]
        return paths.flatMap { path, item in
            item.filter { Self.methods.contains($0.key) }.compactMap { method, operation in
                (operation as? [String: Any]).map { ("\(method) \(path)", $0) }
            }
        }
    }

    @Test("no text has been cut in two, and every reference leads somewhere")
    func whole() {
        let all = Self.mappings(self.document)
        #expect(all.count > 500)
        for (place, mapping) in all {
            // A bare comma in a text ends it, and makes a key without a value of what follows.
            for (key, value) in mapping where value is NSNull { Issue.record("\(place): '\(key)' has no value") }
            // A mapping of properties has members of any name.
            for key in ["description", "summary", "operationId"] where !place.hasSuffix("/properties") {
                guard let value = mapping[key] else { continue }
                #expect(value is String, "\(place): \(key) is \(value)")
            }
            guard let reference = mapping["$ref"] as? String else { continue }
            #expect(self.value(at: reference) != nil, "\(place): \(reference)")
        }
    }

    @Test("every operation has a name of its own, and says what it answers")
    func operationsAreWhole() throws {
        let operations = self.operations
        let names = operations.compactMap { $0.operation["operationId"] as? String }
        #expect(names.count == operations.count && Set(names).count == names.count)
        for (name, operation) in operations {
            let responses = try #require(operation["responses"] as? [String: [String: Any]], "\(name)")
            #expect(responses["200"] != nil && responses["default"] == nil, "\(name)")
            for (status, response) in responses {
                #expect(status.utf8.count == 3 && Int(status) != nil, "\(name): \(status)")
                #expect(response["$ref"] is String || response["description"] is String, "\(name): \(status)")
            }
        }
    }

    @Test("every route of the data plane stands in it, with the methods that it takes")
    func routes() {
        let names = Set(self.operations.map(\.name))
        for path in ["/run-flow", "/api/v1/run/{flow}", "/api/v1/responses"] {
            #expect(names.contains("post \(path)"), "\(path)")
        }
        for probe in Probe.allCases {
            #expect(names.isSuperset(of: ["get \(probe.rawValue)", "head \(probe.rawValue)"]), "\(probe)")
        }
    }
}
