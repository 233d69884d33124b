import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorIdentity

@Suite("API keys as their owners have them")
struct APIKeyTests {
    private func key(seed: UInt64 = 1) -> APIKey {
        var generator = SeededGenerator(seed: seed)
        return APIKey(id: APIKeyID(using: &generator), using: &generator)
    }

    @Test("a key is amb_, an id, 28 random digits and 6 of a checksum, and reads back as itself")
    func roundTrip() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            let key = self.key(seed: seed)
            #expect(key.secret.revealed.wholeMatch(of: /amb_[0-9a-z]{8}_[0-9A-Za-z]{34}/) != nil)
            let read = try #require(APIKey(key.secret))
            #expect(read.id == key.id)
            #expect(read.digest.matches(key.digest))
        }
    }

    @Test("the digest is SHA-256 of the whole key, and the checksum CRC-32 of what stands before it")
    func knownKey() throws {
        // Computed with Python's hashlib and zlib.
        let text = "amb_0a1b2c3d_ABCDEFGHIJKLMNOPQRSTUVWXYZab15v4fh"
        let key = try #require(APIKey(Secret(text)))
        #expect(key.id.description == "0a1b2c3d")
        #expect(key.digest.description == "083b6d661601551c0e27eedfe10f6015dac549fc22c9a94bcab98476f738e524")
    }

    @Test("two keys have nothing in common, and no two digests match")
    func distinct() {
        let (one, other) = (self.key(seed: 1), self.key(seed: 2))
        #expect(one.id != other.id)
        #expect(!one.digest.matches(other.digest))
        #expect(!one.digest.matches(.nobodys))
    }

    @Test("any one byte that is mistyped is noticed without a look-up")
    func mistyped() {
        let text = Array(self.key().secret.revealed.utf8)
        for position in text.indices {
            var changed = text
            changed[position] = changed[position] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
            #expect(APIKey(Secret(String(decoding: changed, as: UTF8.self))) == nil, "\(position)")
        }
    }

    @Test("a key that is cut, longer, empty or of other bytes is none")
    func malformed() {
        let text = self.key().secret.revealed
        let others = [
            "", "amb_", "amb_0a1b2c3d_", String(text.dropLast()), text + "0", " " + text, text + "\n", text + "\u{301}",
            text.uppercased(), "Bearer " + text, String(repeating: "a", count: 1_000_000),
            "amb_" + String(repeating: "é", count: 22), String(repeating: "\0", count: 47),
        ]
        for other in others { #expect(APIKey(Secret(other)) == nil, "\(other.prefix(60))") }
    }

    @Test("what begins with amb_ is meant to be a key")
    func looks() {
        #expect(APIKey.looksLikeOne(self.key().secret))
        #expect(APIKey.looksLikeOne(Secret("amb_")))
        #expect(!APIKey.looksLikeOne(Secret("eyJhbGciOi.J9.x")))
        #expect(!APIKey.looksLikeOne(Secret("AMB_0")))
    }

    @Test("neither a key nor a record of it shows the key by accident")
    func isSecret() {
        let key = self.key()
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains(key.secret.revealed) && !"\(key)".contains(key.secret.revealed))
    }

    @Test(
        "an id is 8 digits or lower-case letters",
        arguments: [
            ("0a1b2c3d", true), ("zzzzzzzz", true), ("0a1b2c3", false), ("0a1b2c3dd", false), ("0A1b2c3d", false),
            ("0a1b2c3é", false), ("", false),
        ]
    )
    func ids(_ text: String, _ isID: Bool) {
        #expect(APIKeyID(text)?.description == (isID ? text : nil))
    }
}
