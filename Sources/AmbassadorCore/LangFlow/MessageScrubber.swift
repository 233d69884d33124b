/// Makes a message of another program's fit to be shown to callers.
package enum MessageScrubber {
    /// The longest result in bytes.
    package static let lengthMax = 500

    /// How much of a message is looked at; enough to fill the result after a good deal was removed.
    private static let examinedMax = 8192

    /// Removes what says how and where the other program runs.
    ///
    /// Everything from a traceback or a `File "…"` on is cut off. Words that hold a file path, a URL, an address, a host name or
    /// an API key become `[removed]`: better a word too many than one too few. Control and invisible characters become spaces.
    ///
    /// - Parameter message: text in UTF-8; what is not UTF-8 is replaced.
    /// - Returns: at most 500 bytes, cut between characters; `nil` where nothing is left.
    package static func scrub(_ message: [UInt8]) -> String? {
        let scalars = String(decoding: message.prefix(Self.examinedMax), as: UTF8.self).unicodeScalars
        var visible = String.UnicodeScalarView()
        visible.append(contentsOf: scalars.lazy.map { Self.isVisible($0) ? $0 : " " })
        var words = Self.beforeTraceback(String(visible)).utf8.split(separator: UInt8(ascii: " "))
        if message.count > Self.examinedMax, !words.isEmpty {
            // The last word may have been cut in two, and half a path does not look like one.
            words.removeLast()
        }
        let shown = words.map { Self.isRevealing($0) ? "[removed]" : String(Substring($0)) }
        guard shown.contains(where: { $0 != "[removed]" }) else { return nil }
        return Self.shortened(shown.joined(separator: " "))
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        // The lines that Python's tracebacks are framed with.
        if (0x2500...0x257F).contains(scalar.value) { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .unassigned,
            .surrogate:
            false
        default: true
        }
    }

    private static func beforeTraceback(_ text: String) -> Substring {
        let bytes = text.utf8
        let marks: [StaticString] = ["traceback", "file \"", "file '", "stack trace"]
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let rest = bytes[index...]
            let isMark = marks.contains { mark in
                mark.withUTF8Buffer { rest.starts(with: $0) { Self.lowercase($0) == $1 } }
            }
            if isMark { return text[..<index] }
            bytes.formIndex(after: &index)
        }
        return text[...]
    }

    /// Whether a word may say where the other program runs or what it knows.
    private static func isRevealing(_ word: Substring.UTF8View) -> Bool {
        let bytes = word.map(Self.lowercase)
        return bytes.contains(UInt8(ascii: "\\")) || Self.holdsPath(bytes) || Self.holdsHost(bytes)
            || Self.holdsSecret(bytes)
    }

    private static func holdsPath(_ word: [UInt8]) -> Bool {
        let slashes = word.indices.filter { word[$0] == UInt8(ascii: "/") }
        guard let first = slashes.first else { return false }
        // One slash between two words is a choice ("and/or"); a path has more of them, or begins with one, or has a dot.
        let isChoice =
            slashes.count == 1 && first > 0 && first < word.count - 1
            && Self.isLetter(word[first - 1]) && Self.isLetter(word[first + 1]) && !word.contains(UInt8(ascii: "."))
        return !isChoice
    }

    private static func holdsHost(_ word: [UInt8]) -> Bool {
        if Self.contains(word, "localhost") || Self.contains(word, "host=") || Self.contains(word, "::") { return true }
        let names = word.split(whereSeparator: { !Self.isLetter($0) && !Self.isDigit($0) && !"-_.:".utf8.contains($0) })
        return names.contains { name in
            Self.isDotted(name.prefix { $0 != UInt8(ascii: ":") }) || Self.isHostWithPort(name)
                || name.count(where: { $0 == UInt8(ascii: ":") }) >= 3
        }
    }

    /// `a.b.example` and `10.0.0.1`, but neither `3.5` nor `gpt-4.1` nor the end of a sentence.
    private static func isDotted(_ name: ArraySlice<UInt8>) -> Bool {
        let labels = name.split(separator: UInt8(ascii: "."))
        guard labels.count > 1, let last = labels.last else { return false }
        return last.count > 1 && last.allSatisfy(Self.isLetter)
            || labels.count == 4 && labels.allSatisfy { $0.count <= 3 && $0.allSatisfy(Self.isDigit) }
    }

    /// A name with a port, as in `redis:6379`.
    private static func isHostWithPort(_ name: ArraySlice<UInt8>) -> Bool {
        let parts = name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].contains(where: Self.isLetter)
            && (2...5).contains(parts[1].count) && parts[1].allSatisfy(Self.isDigit)
    }

    /// `sk-…`, as model providers and LangFlow write their keys.
    private static func holdsSecret(_ word: [UInt8]) -> Bool {
        word.split(whereSeparator: { !Self.isLetter($0) && !Self.isDigit($0) && !"-_".utf8.contains($0) })
            .contains { $0.starts(with: "sk-".utf8) }
    }

    private static func contains(_ word: [UInt8], _ part: StaticString) -> Bool {
        part.withUTF8Buffer { part in
            word.indices.contains { word[$0...].starts(with: part) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func shortened(_ text: String) -> String? {
        guard text.utf8.count > Self.lengthMax else { return text }
        var shortened = ""
        for character in text {
            guard shortened.utf8.count + character.utf8.count <= Self.lengthMax - "…".utf8.count else { break }
            shortened.append(character)
        }
        return shortened.isEmpty ? nil : shortened + "…"
    }
}
