import AmbassadorCore
import NIOCore

/// The keys of a JWK Set document (RFC 7517 §5) that an issuer's signatures may be checked with.
struct JWKSet: Sendable {
    /// The largest document that is read, in bytes.
    static let bytesMax = 1 << 20
    /// The most keys that a document may hold.
    private static let keysMax = 256
    /// How many keys that are not used are told of.
    private static let remarksMax = 8

    let keys: [JWTKey]
    /// Which keys are not used, and why; sentences for a log.
    let remarks: [String]

    /// Reads a document.
    ///
    /// Keys that are of no use here are left out, as the RFC asks. So are all keys of one name, since which of them a token means
    /// would depend on their order.
    ///
    /// - Throws: where it is no such document or holds no key that can be used.
    init(_ document: ByteBuffer, algorithms: Set<SigningAlgorithm>) throws(JWKSFault) {
        guard document.readableBytes <= Self.bytesMax else {
            throw JWKSFault("the key set is larger than \(Self.bytesMax) bytes")
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(document)
        } catch {
            throw JWKSFault("the key set is not valid JSON: \(error)")
        }
        guard let elements = value["keys"]?.array else { throw JWKSFault("the key set has no list of keys") }
        guard elements.count <= Self.keysMax else { throw JWKSFault("the key set has more than \(Self.keysMax) keys") }
        var keys: [JWTKey] = []
        var remarks: [String] = []
        for (position, element) in elements.enumerated() {
            do throws(JWK.Flaw) {
                keys.append(try JWK.key(element, for: algorithms))
            } catch {
                remarks.append("\(Self.name(of: element, at: position)) \(error.reason)")
            }
        }
        let counts = Dictionary(grouping: keys.compactMap(\.id)) { $0 }.mapValues(\.count)
        for (id, count) in counts.sorted(by: { $0.key < $1.key }) where count > 1 {
            remarks.append("\(count) keys are called \(id.text), so none of them is used")
        }
        self.keys = keys.filter { key in key.id.map { counts[$0] == 1 } ?? true }
        self.remarks = Array(remarks.prefix(Self.remarksMax))
        guard !self.keys.isEmpty else {
            let reasons = self.remarks.isEmpty ? "it is empty" : self.remarks.joined(separator: "; ")
            throw JWKSFault("the key set has no key that can be used: \(reasons)")
        }
    }

    private static func name(of jwk: JSONValue, at position: Int) -> String {
        guard let id = jwk["kid"]?.string else { return "key \(position + 1)" }
        return "key \(position + 1) (\(PrintableExcerpt.of(id.bytes)))"
    }
}

/// Why keys could not be had: a sentence without its full stop, for logs.
package struct JWKSFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
