package import AmbassadorCore

extension RequestTarget {
    /// What LangFlow's own route takes; of these only the pages mean something here.
    private static let names = Set(Self.flagNames + ["folder_id", "page", "size"])
    private static let flagNames = ["remove_example_flows", "components_only", "get_all", "header_flows"]
    private static let sizeMax = 4_096

    /// Reads which part of the list of flows is asked for: all but where `get_all=false` asks for pages.
    ///
    /// Components that are no flows are none of the list.
    package func flowPage() throws(Refusal) -> FlowListRequest.Page {
        var values: [String: String] = [:]
        for part in (self.query ?? []).split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: pair[0], as: UTF8.self)
            guard pair.count == 2, Self.names.contains(name), values[name] == nil else {
                throw Refusal(
                    .malformedRequest,
                    "This route takes the query parameters \(Self.names.sorted().joined(separator: ", ")), each once."
                )
            }
            values[name] = String(decoding: pair[1], as: UTF8.self)
        }
        var flags: [String: Bool] = [:]
        for name in Self.flagNames { flags[name] = try Self.flag(name, values) }
        if let folder = values["folder_id"], FlowName(folder)?.isUUID != true {
            throw Refusal(.malformedRequest, "The query parameter 'folder_id' must be a UUID.")
        }
        let number = try Self.number("page", values, 1...1_000_000)
        let size = try Self.number("size", values, 1...Self.sizeMax)
        if flags["components_only"] == true { return FlowListRequest.Page(size: 0) }
        guard flags["get_all"] == false else { return FlowListRequest.Page() }
        return FlowListRequest.Page(number: number ?? 1, size: size ?? 50)
    }

    /// `true` or `false` in any case, as Python's and JavaScript's clients write it.
    private static func flag(_ name: String, _ values: [String: String]) throws(Refusal) -> Bool? {
        switch values[name]?.lowercased() {
        case nil: nil
        case "true": true
        case "false": false
        case .some: throw Refusal(.malformedRequest, "The query parameter '\(name)' must be true or false.")
        }
    }

    private static func number(
        _ name: String,
        _ values: [String: String],
        _ range: ClosedRange<Int>
    ) throws(Refusal) -> Int? {
        guard let text = values[name] else { return nil }
        guard text.utf8.count <= 7, let number = Int(text), range.contains(number) else {
            throw Refusal(
                .malformedRequest,
                "The query parameter '\(name)' must be \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }
}
