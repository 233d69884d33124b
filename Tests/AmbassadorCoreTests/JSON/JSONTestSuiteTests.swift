import Foundation
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("JSONTestSuite") struct JSONTestSuiteTests {
    /// Valid by RFC 8259, which leaves the meaning open; refused here, since two parsers may take two of them for different requests.
    private static let repeatedNames: Set = ["y_object_duplicated_key", "y_object_duplicated_key_and_value"]

    /// Of what is open those that are taken: numbers without a nearest finite double would be refused, these are only long or tiny.
    private static let takenOfOpen: Set = [
        "i_number_double_huge_neg_exp", "i_number_real_underflow", "i_number_too_big_neg_int",
        "i_number_too_big_pos_int", "i_number_very_big_negative_int",
    ]

    private static func isTaken(_ document: JSONTestSuite.Document) throws -> Bool {
        let data = try #require(Data(base64Encoded: document.base64), "\(document.name)")
        return Self.isTaken(ByteBuffer(bytes: data))
    }

    private static func isTaken(_ document: ByteBuffer) -> Bool {
        do throws(JSONError) {
            _ = try JSONParser.parse(document)
            return true
        } catch {
            return false
        }
    }

    @Test("all that every parser must take is taken, but for repeated names")
    func valid() throws {
        #expect(JSONTestSuite.valid.count == 95)
        let refused = try JSONTestSuite.valid.filter { try !Self.isTaken($0) }.map(\.name)
        #expect(Set(refused) == Self.repeatedNames)
    }

    @Test("nothing is taken that no parser may take")
    func invalid() throws {
        #expect(JSONTestSuite.invalid.count == 186)
        #expect(try JSONTestSuite.invalid.filter(Self.isTaken).map(\.name) == [])
        for (opening, count) in [("[", 100_000), ("[{\"\":", 50_000)] {
            #expect(!Self.isTaken(ByteBuffer(string: String(repeating: opening, count: count))))
        }
    }

    @Test("of what is open, exactly these are taken")
    func open() throws {
        #expect(JSONTestSuite.open.count == 34)
        #expect(Set(try JSONTestSuite.open.filter(Self.isTaken).map(\.name)) == Self.takenOfOpen)
        let nested = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(!Self.isTaken(ByteBuffer(string: nested)))
    }
}
