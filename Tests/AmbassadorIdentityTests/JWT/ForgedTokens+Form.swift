import AmbassadorCore

@testable import AmbassadorIdentity

/// A token that must be rejected, and as what.
struct ForgedToken: Sendable {
    let name: String
    let token: String
    let fault: CredentialFault

    init(_ name: String, _ token: String, _ fault: CredentialFault = .notAToken) {
        self.name = name
        self.token = token
        self.fault = fault
    }
}

/// Tokens that no issuer made, or that no issuer should have made.
enum ForgedTokens {
    static func all(_ forge: TokenForge) throws -> [ForgedToken] {
        try self.shapes(forge) + self.spellings(forge) + self.documents(forge) + self.algorithms(forge)
            + self.publicKeyAsSecret(forge) + self.headerMembers(forge) + self.keyIDs(forge) + self.curves(forge)
            + self.signatures(forge) + self.times(forge) + self.audiences(forge) + self.issuers(forge)
            + self.principals(forge) + self.tenants(forge) + self.permissions(forge)
    }

    static func shapes(_ forge: TokenForge) throws -> [ForgedToken] {
        let good = try forge.token()
        let parts = good.split(separator: ".").map(String.init)
        let padding = String(repeating: "x", count: 17 * 1024)
        return [
            ForgedToken("nothing", ""),
            ForgedToken("one part", parts[0]),
            ForgedToken("two parts", "\(parts[0]).\(parts[1])"),
            ForgedToken("four parts", "\(good).\(parts[2])"),
            ForgedToken("five parts, as encrypted tokens have", "\(good).\(parts[1]).\(parts[2])"),
            ForgedToken("a dot at its end", "\(good)."),
            ForgedToken("a dot before it", ".\(good)"),
            ForgedToken("dots alone", ".."),
            ForgedToken("five dots", "....."),
            ForgedToken("an empty header", ".\(parts[1]).\(parts[2])"),
            ForgedToken("an empty payload", "\(parts[0])..\(parts[2])"),
            ForgedToken("an empty signature", "\(parts[0]).\(parts[1])."),
            ForgedToken("17 KiB", try forge.token(.es256, kid: "ec", .init().with("pad", "\"\(padding)\"")), .tooLong),
            ForgedToken("1 MiB", String(repeating: "a", count: 1 << 20), .tooLong),
            ForgedToken("1 MiB of dots", String(repeating: ".", count: 1 << 20), .tooLong),
            ForgedToken("8 KiB of dots", String(repeating: ".", count: 8192)),
            ForgedToken(
                "the JSON form",
                #"{"protected":"\#(parts[0])","payload":"\#(parts[1])","signature":"\#(parts[2])"}"#
            ),
            ForgedToken("an API key", "amb_0123456789abcdef"),
        ]
    }

    static func spellings(_ forge: TokenForge) throws -> [ForgedToken] {
        let good = try forge.token()
        let parts = good.split(separator: ".").map(String.init)
        func token(_ index: Int, _ change: (String) -> String) -> String {
            var changed = parts
            changed[index] = change(changed[index])
            return changed.joined(separator: ".")
        }
        // 64 bytes leave four bits of the last letter, all zero, and an `A`, `Q`, `g` or `w`.
        let next: [Character: Character] = ["A": "B", "Q": "R", "g": "h", "w": "x"]
        // 26 bytes leave two bits, and 0 is the letter before 1.
        let header = encode(#"{"alg":"ES256","kid":"ec"}"#)
        let signed = "\(header.dropLast())1.\(parts[1])"
        let afterHeader = "\(signed).\(encode(try forge.keys.sign(Array(signed.utf8), .es256)))"
        return [
            ForgedToken("padding after the signature", token(2) { $0 + "==" }),
            ForgedToken("padding after the header", token(0) { $0 + "=" }),
            ForgedToken("padding after the payload", token(1) { $0 + "=" }),
            ForgedToken("a plus sign", token(2) { "+" + $0.dropFirst() }),
            ForgedToken("a slash", token(2) { "/" + $0.dropFirst() }),
            ForgedToken("a newline at its end", good + "\n"),
            ForgedToken("a newline within", token(1) { "\($0.prefix(4))\n\($0.dropFirst(4))" }),
            ForgedToken("a carriage return and newline within", token(1) { "\($0.prefix(4))\r\n\($0.dropFirst(4))" }),
            ForgedToken("a space before it", " " + good),
            ForgedToken("a tab at its end", good + "\t"),
            ForgedToken("a NUL at its end", good + "\0"),
            ForgedToken("a letter beyond ASCII", token(2) { "é" + $0.dropFirst(2) }),
            ForgedToken("a percent escape", token(2) { "%41" + $0.dropFirst(3) }),
            ForgedToken(
                "bits after the signature",
                token(2) { String($0.dropLast()) + String(next[$0.last ?? "A"] ?? "B") }
            ),
            ForgedToken("bits after the header", afterHeader),
            ForgedToken("a length that no text has", token(2) { String($0.prefix(85)) }),
            ForgedToken("Bearer before it", "Bearer " + good),
            ForgedToken("quotes around it", "\"\(good)\""),
            ForgedToken("twice with a comma", "\(good),\(good)"),
        ]
    }

    static func documents(_ forge: TokenForge) throws -> [ForgedToken] {
        let header = #"{"alg":"ES256","kid":"ec"}"#
        let payload = TokenForge.Claims().json
        let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        let inner = payload.dropFirst().dropLast()
        let headers = [
            ("a header that is an array", "[\(header)]"), ("a header that is a text", "\"ES256\""),
            ("a header that is null", "null"), ("a header that is no JSON", "alg=ES256"),
            ("a header with a comment", "/**/" + header), ("a header with a byte order mark", "\u{FEFF}" + header),
            ("a header twice", header + header), ("a header that is cut", String(header.dropLast())),
            ("two algorithms", #"{"alg":"none","alg":"ES256","kid":"ec"}"#),
            ("two algorithms, one spelled otherwise", #"{"alg":"ES256","al\u0067":"none","kid":"ec"}"#),
            ("two keys", #"{"alg":"ES256","kid":"rsa","kid":"ec"}"#),
            ("a header of a thousand levels", #"{"alg":"ES256","kid":"ec","x":\#(deep)}"#),
            ("half a surrogate pair in the header", #"{"alg":"ES256","kid":"ec","x":"\ud800"}"#),
            ("a trailing comma in the header", #"{"alg":"ES256","kid":"ec",}"#),
        ]
        let payloads = [
            ("a payload that is an array", "[\(payload)]"), ("a payload that is a text", "\"alice\""),
            ("a payload that is a number", "1"), ("a payload that is no JSON", "sub=alice"),
            ("two expiries", "{\(inner),\"exp\":9999999999}"),
            ("two subjects, one spelled otherwise", #"{\#(inner),"s\u0075b":"root"}"#),
            ("two issuers", #"{\#(inner),"iss":"https://other.example"}"#),
            ("a payload of a thousand levels", #"{\#(inner),"x":\#(deep)}"#),
            ("half a surrogate pair in the payload", #"{\#(inner),"x":"\udc00"}"#),
            ("a number beyond doubles", #"{\#(inner),"x":1e999}"#),
            ("a payload with something after it", payload + "x"),
        ]
        let notUTF8 = Array(payload.utf8.dropLast()) + Array(#","x":""#.utf8) + [0xFF, 0x22, 0x7D]
        let signed = "\(encode(header)).\(encode(notUTF8))"
        let invalid = "\(signed).\(encode(try forge.keys.sign(Array(signed.utf8), .es256)))"
        return try headers.map { ForgedToken($0.0, try forge.token(header: $0.1, payload: payload, .es256)) }
            + payloads.map { ForgedToken($0.0, try forge.token(header: header, payload: $0.1, .es256)) }
            + [ForgedToken("a payload that is not UTF-8", invalid)]
    }
}
