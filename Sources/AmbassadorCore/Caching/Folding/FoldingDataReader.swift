/// Reads ``FoldingData``, whose form `scripts/folding-data.swift` describes.
enum FoldingDataReader {
    struct Mapping {
        let source: UInt32
        let targets: [UInt32]
        let isComposite: Bool
    }

    struct Contents {
        let decompositions: [UInt32: Mapping]
        let folds: [UInt32: Mapping]
        /// The combining classes of the scalars that have one beside 0.
        let classes: [UInt32: UInt8]
    }

    static func contents() -> Contents {
        Contents(
            decompositions: Self.mappings(in: FoldingData.decompositions),
            folds: Self.mappings(in: FoldingData.folds),
            classes: Self.classes()
        )
    }

    private static func mappings(in text: StaticString) -> [UInt32: Mapping] {
        var mappings: [UInt32: Mapping] = [:]
        mappings.reserveCapacity(8_192)
        Self.read(text) { source, step, count, values, isComposite in
            for index in 0..<count {
                // Only what has one target comes in runs.
                let targets = count == 1 ? values : [values[0] + index * step]
                let source = source + index * step
                mappings[source] = Mapping(source: source, targets: targets, isComposite: isComposite)
            }
        }
        return mappings
    }

    /// Reads `gap*count` for each run of scalars, and takes each of them.
    static func readRanges(_ text: StaticString, _ take: (_ scalar: UInt32) -> Void) {
        text.withUTF8Buffer { bytes in
            var reader = NumberReader(bytes: bytes)
            var scalar: UInt32 = 0
            while reader.skipSpaces() {
                scalar += reader.number()
                let count = reader.take("*") ? reader.number() : 1
                for index in 0..<count { take(scalar + index) }
                scalar += count - 1
            }
        }
    }

    private static func classes() -> [UInt32: UInt8] {
        var classes: [UInt32: UInt8] = [:]
        Self.read(FoldingData.classes) { source, step, count, values, _ in
            for index in 0..<count { classes[source + index * step] = UInt8(values[0]) }
        }
        return classes
    }

    private static func read(
        _ text: StaticString,
        _ take: (_ source: UInt32, _ step: UInt32, _ count: UInt32, _ values: [UInt32], _ isComposite: Bool) -> Void
    ) {
        text.withUTF8Buffer { bytes in
            var reader = NumberReader(bytes: bytes)
            var source: UInt32 = 0
            while reader.skipSpaces() {
                source += reader.number()
                let count = reader.take("*") ? reader.number() : 1
                let step = reader.take("/") ? reader.number() : 1
                let isComposite = reader.take("+")
                precondition(isComposite || reader.take(":"), "the data is not in its form")
                var values = [reader.number()]
                while reader.take(".") { values.append(reader.number()) }
                take(source, step, count, values, isComposite)
                source += (count - 1) * step
            }
        }
    }

    private struct NumberReader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0

        /// Says whether anything follows.
        mutating func skipSpaces() -> Bool {
            while self.position < self.bytes.count, self.bytes[self.position] <= 0x20 { self.position += 1 }
            return self.position < self.bytes.count
        }

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard self.position < self.bytes.count, UInt32(self.bytes[self.position]) == mark.value else {
                return false
            }
            self.position += 1
            return true
        }

        mutating func number() -> UInt32 {
            var value: UInt32 = 0
            while self.position < self.bytes.count, let digit = HexDigits.value(ofLowercase: self.bytes[self.position])
            {
                value = value << 4 | UInt32(digit)
                self.position += 1
            }
            return value
        }
    }
}
