extension CacheDirectives {
    /// Reads the values of all `Cache-Control` fields of a request, and of its `Pragma` fields where it has none of them.
    ///
    /// A directive that is not known is ignored, and what is quoted is nothing but a value. Of a directive that is repeated the
    /// strictest counts. An argument that cannot be read is the strictest that there is, so that a mistake never brings an older
    /// answer than was meant; a flag keeps its meaning whatever argument it has.
    ///
    /// - Returns: `nil` where nothing is asked for.
    package init?(cacheControl: [String], pragma: [String]) {
        self.init()
        for value in cacheControl { self.read(value.utf8[...]) }
        if cacheControl.isEmpty {
            // RFC 9111 §5.4: what HTTP/1.0 clients, and a browser's reload, say instead.
            var old = CacheDirectives()
            for value in pragma { old.read(value.utf8[...]) }
            self.noCache = old.noCache
        }
        guard self != CacheDirectives() else { return nil }
    }

    private typealias Bytes = Substring.UTF8View

    private mutating func read(_ value: Bytes) {
        var rest = value
        while !rest.isEmpty {
            let name = Self.takeToken(&rest)
            var argument: Argument = .none
            if rest.first == UInt8(ascii: "=") {
                rest.removeFirst()
                argument = Self.takeArgument(&rest)
            }
            // Anything up to the next comma is not of this grammar; the directive before it is then not believed either.
            let tail = Self.skipToComma(&rest)
            self.note(name, tail ? argument : .unreadable)
        }
    }

    private enum Argument {
        case none
        case seconds(Int)
        case unreadable
    }

    private mutating func note(_ name: Bytes, _ argument: Argument) {
        if Self.equal(name, "no-cache") {
            self.noCache = true
        } else if Self.equal(name, "no-store") {
            self.noStore = true
        } else if Self.equal(name, "only-if-cached") {
            self.onlyIfCached = true
        } else if Self.equal(name, "max-age") {
            self.maxAgeSeconds = min(self.maxAgeSeconds ?? .max, Self.seconds(argument) ?? 0)
        } else if Self.equal(name, "min-fresh") {
            self.minFreshSeconds = max(self.minFreshSeconds ?? 0, Self.seconds(argument) ?? Self.secondsMax)
        } else if Self.equal(name, "max-stale") {
            // Alone it is the only one that has a meaning without an argument: however stale.
            let seconds = if case .none = argument { Self.secondsMax } else { Self.seconds(argument) ?? 0 }
            self.maxStaleSeconds = min(self.maxStaleSeconds ?? .max, seconds)
        } else if Self.equal(name, "stale-if-error") {
            self.staleIfErrorSeconds = min(self.staleIfErrorSeconds ?? .max, Self.seconds(argument) ?? 0)
        }
    }

    private static func seconds(_ argument: Argument) -> Int? {
        if case .seconds(let seconds) = argument { seconds } else { nil }
    }

    /// A name, without the blanks and empty list members before it.
    private static func takeToken(_ rest: inout Bytes) -> Bytes {
        rest = rest.drop { Self.isBlank($0) || $0 == UInt8(ascii: ",") }
        let token = rest.prefix { !Self.isBlank($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
        rest = rest.dropFirst(token.count)
        return token
    }

    /// A token or a quoted string (RFC 9111 §5.2 takes both for any directive).
    private static func takeArgument(_ rest: inout Bytes) -> Argument {
        guard rest.first == UInt8(ascii: "\"") else {
            let token = rest.prefix { !Self.isBlank($0) && $0 != UInt8(ascii: ",") }
            rest = rest.dropFirst(token.count)
            return Self.number(token)
        }
        rest.removeFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return Self.number(text) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            if let escaped = rest.popFirst() { text.append(escaped) }
        }
        // A quote that is never closed: the rest of the field is inside it.
        return .unreadable
    }

    /// Digits alone are a number; one that is too great is the greatest.
    private static func number(_ digits: some Collection<UInt8>) -> Argument {
        let isNumber = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, isNumber else { return .unreadable }
        return .seconds(digits.reduce(0) { min(Self.secondsMax, $0 * 10 + Int($1 - UInt8(ascii: "0"))) })
    }

    /// Goes past the comma that ends a directive, but for one inside quotes.
    ///
    /// - Returns: whether there was nothing else before it.
    private static func skipToComma(_ rest: inout Bytes) -> Bool {
        var isClean = true
        while let byte = rest.popFirst(), byte != UInt8(ascii: ",") {
            if byte == UInt8(ascii: "\"") { Self.skipQuoted(&rest) }
            isClean = isClean && Self.isBlank(byte)
        }
        return isClean
    }

    private static func skipQuoted(_ rest: inout Bytes) {
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") { rest = rest.dropFirst() }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func equal(_ name: Bytes, _ lowercase: StaticString) -> Bool {
        guard name.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { known in
            name.elementsEqual(known) { byte, letter in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == letter : byte == letter
            }
        }
    }
}
