import AmbassadorCore
import AmbassadorTesting
import NIOCore

/// Makes JSON values of every kind, with the characters that break parsers.
struct JSONGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    private static let scalars: [Unicode.Scalar] = [
        "\0", "\u{1}", "\u{8}", "\t", "\n", "\u{C}", "\r", "\u{1F}", " ", "\"", "\\", "/", "a", "Z", "0", "\u{7F}",
        "\u{80}",
        "é", "e", "\u{301}", "\u{7FF}", "\u{800}", "中", "\u{D7FF}", "\u{E000}", "\u{FEFF}", "\u{FFFF}", "😀",
        "\u{10FFFF}",
    ]
    private static let numbers = [
        "0", "-0", "1", "1.0", "1e0", "-12.5E+3", "9007199254740993", "1e308", "5e-400", "0.1",
    ]

    mutating func string() -> JSONString {
        let length = Int.random(in: 0...12, using: &self.random)
        var scalars = String.UnicodeScalarView()
        for _ in 0..<length {
            scalars.append(Self.scalars[Int.random(in: 0..<Self.scalars.count, using: &self.random)])
        }
        return JSONString(String(scalars))
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 7 : 4), using: &self.random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &self.random))
        case 2: .number(JSONString(Self.numbers[Int.random(in: 0..<Self.numbers.count, using: &self.random)]))
        case 3: .string(self.string())
        case 4: .array((0..<Int.random(in: 0...4, using: &self.random)).map { _ in self.value(depth: depth + 1) })
        default: .object(self.members(depth: depth + 1))
        }
    }

    mutating func members(depth: Int) -> [JSONMember] {
        var members: [JSONMember] = []
        // More than eight now and then: the parser then looks for duplicates in another way.
        for _ in 0..<Int.random(in: 0...12, using: &self.random) {
            let name = self.string()
            guard !members.contains(where: { $0.name == name }) else { continue }
            members.append(JSONMember(name: name, value: self.value(depth: depth + 1)))
        }
        return members
    }

    /// Writes a value with random white space, escapes and order of members.
    mutating func scrambled(_ value: JSONValue) -> String {
        let body =
            switch value {
            case .null: "null"
            case .bool(let isTrue): isTrue ? "true" : "false"
            case .number(let lexeme): lexeme.text
            case .string(let string): self.scrambled(string)
            case .array(let elements):
                "[" + elements.map { self.scrambled($0) }.joined(separator: ",") + self.space() + "]"
            case .object(let members):
                "{" + self.space()
                    + members.shuffled(using: &self.random)
                    .map { self.scrambled($0.name) + self.space() + ":" + self.scrambled($0.value) }
                    .joined(separator: "," + self.space()) + "}"
            }
        return self.space() + body + self.space()
    }

    private mutating func space() -> String {
        ["", " ", "\n", "\t ", "\r\n"][Int.random(in: 0..<5, using: &self.random)]
    }

    private mutating func scrambled(_ string: JSONString) -> String {
        var text = "\""
        for scalar in string.text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            guard mustEscape || Int.random(in: 0..<3, using: &self.random) == 0 else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: Bool.random(using: &self.random))
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text + "\""
    }
}

extension ByteBuffer {
    /// The readable bytes as text.
    var text: String { String(buffer: self) }
}
