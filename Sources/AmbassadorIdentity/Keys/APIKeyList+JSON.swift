package import AmbassadorCore
package import NIOCore

/// The keys as a file has them: `{"version":1,"keys":[…]}`.
extension APIKeyList {
    private static let version = 1

    /// Reads a document strictly: what is not known, missing, twice there or out of range is an error that says where.
    package init(json document: ByteBuffer) throws(InvalidValue) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(document, depthMax: 8)
        } catch {
            throw InvalidValue("is not JSON: \(error)")
        }
        let top = try APIKeyMembers(value, known: ["version", "keys"])
        guard top["version"]?.count == Self.version else {
            throw InvalidValue("has no \"version\": \(Self.version), the only version that this program knows")
        }
        guard let elements = top["keys"]?.array else { throw InvalidValue("has no array \"keys\"") }
        guard elements.count <= Self.keysMax else {
            throw InvalidValue("has \(elements.count) keys; \(Self.keysMax) are the most")
        }
        var records: [APIKeyRecord] = []
        var ids: Set<APIKeyID> = []
        for (index, element) in elements.enumerated() {
            do throws(InvalidValue) {
                let record = try APIKeyRecord(json: element)
                guard ids.insert(record.id).inserted else { throw InvalidValue("has the id of a key before it") }
                records.append(record)
            } catch {
                // The id helps to find it, where there is one.
                let id = element["id"]?.string.map { " (\(PrintableExcerpt.of($0.bytes)))" } ?? ""
                throw InvalidValue("has a key that cannot be used: keys[\(index)]\(id) \(error.reason)")
            }
        }
        self.init(records: records)
    }

    /// The document, a key a line, so that people and version control can read it.
    package var json: ByteBuffer {
        var document = ByteBuffer()
        document.writeString(#"{"version":\#(Self.version),"keys":["#)
        for (index, record) in self.records.enumerated() {
            document.writeString(index == 0 ? "\n" : ",\n")
            record.writeJSON(into: &document)
        }
        document.writeString("\n]}\n")
        return document
    }
}
