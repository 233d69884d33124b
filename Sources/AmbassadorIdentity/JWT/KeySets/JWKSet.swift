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
    /// Keys that are of no use here are left out, as the RFC asks. So are all keys that have name and algorithm in common with another,
    /// since which of them a token means would depend on their order; keys of one name and different kinds are told apart by the
    /// token's algorithm (RFC 7517 §4.5).
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
        let (distinct, ambiguous) = Self.partition(keys)
        for (id, count) in ambiguous.sorted(by: { $0.key < $1.key }) {
            remarks.append("\(count) keys are called \(PrintableExcerpt.of(id.bytes)), so none of them is used")
        }
        self.keys = distinct
        self.remarks = Array(remarks.prefix(Self.remarksMax))
        guard !self.keys.isEmpty else {
            let reasons = self.remarks.isEmpty ? "it is empty" : self.remarks.joined(separator: "; ")
            throw JWKSFault("the key set has no key that can be used: \(reasons)")
        }
    }

    /// The keys that a token can mean, and how many of each name it could not tell apart.
    private static func partition(_ keys: [JWTKey]) -> (distinct: [JWTKey], ambiguous: [JSONString: Int]) {
        var distinct: [JWTKey] = []
        var ambiguous: [JSONString: Int] = [:]
        for (place, key) in keys.enumerated() {
            let others = keys.enumerated().filter { $0.offset != place && key.id != nil && $0.element.id == key.id }
            if let id = key.id, others.contains(where: { !$0.element.algorithms.isDisjoint(with: key.algorithms) }) {
                ambiguous[id, default: 0] += 1
            } else {
                distinct.append(key)
            }
        }
        return (distinct, ambiguous)
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
