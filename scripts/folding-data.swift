// Writes Sources/AmbassadorCore/Caching/Folding/FoldingData.swift and ScalarKindData.swift:
//
//     swift scripts/folding-data.swift > Sources/AmbassadorCore/Caching/Folding/FoldingData.swift
//     swift scripts/folding-data.swift kinds > Sources/AmbassadorCore/Caching/Folding/ScalarKindData.swift
//
// Decompositions are Foundation's, cases and kinds the standard library's. What is hashed depends on the files: where another version
// of Unicode changes a line of them that was there before, the version of the form in `Normalization` has to be raised.
import Foundation

struct Mapping {
    let source: UInt32
    let targets: [UInt32]
    var isComposite = false
}

func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    scalars(String(scalar).decomposedStringWithCompatibilityMapping)
}

/// Whether composition makes the scalar of its compatibility decomposition again.
func isComposite(_ scalar: Unicode.Scalar) -> Bool {
    let parts = decomposed(scalar)
    return parts.count > 1 && scalars(String(scalar).precomposedStringWithCompatibilityMapping) == [scalar]
}

/// Unicode's full case folding but for the dotless i, whose capital is that of `i`; white space is a space.
func folded(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.properties.isWhitespace { return [" "] }
    guard scalar.value >= 0x80, scalar != "\u{131}" else { return scalars(scalar.properties.lowercaseMapping) }
    let upper = scalars(scalar.properties.lowercaseMapping).map(\.properties.uppercaseMapping).joined()
    return scalars(scalars(upper).map(\.properties.lowercaseMapping).joined())
}

/// Writes `gap:targets` for each mapping, gaps and targets hexadecimal; `+` in place of the colon says composite, and
/// `gap*count/step:target` stands for as many mappings to one scalar each, both sides growing by the step.
func written(_ mappings: [Mapping]) -> [String] {
    var words: [String] = []
    var previous: UInt32 = 0
    var index = 0
    func hex(_ value: UInt32) -> String { String(value, radix: 16) }
    while index < mappings.count {
        let first = mappings[index]
        var count = 1
        var step: UInt32 = 1
        if first.targets.count == 1, index + 1 < mappings.count {
            step = mappings[index + 1].source - first.source
            while index + count < mappings.count {
                let next = mappings[index + count]
                let grown = step * UInt32(count)
                guard next.source == first.source + grown, next.targets == [first.targets[0] + grown] else { break }
                count += 1
            }
        }
        let mark = first.isComposite ? "+" : ":"
        let targets = first.targets.map(hex).joined(separator: ".")
        let run = count == 1 ? "" : "*" + hex(UInt32(count)) + (step == 1 ? "" : "/" + hex(step))
        words.append(hex(first.source - previous) + run + mark + targets)
        previous = mappings[index + count - 1].source
        index += count
    }
    return words
}

func literal(_ name: String, _ comment: String, _ words: [String]) -> String {
    var lines: [String] = []
    var line = ""
    for word in words {
        if line.utf8.count + word.utf8.count > 150 {
            lines.append(line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    let text = lines.map { "        " + $0 }.joined(separator: "\n")
    return "    /// \(comment)\n    static let \(name): StaticString = \"\"\"\n\(text)\n        \"\"\""
}

func latestAge(of scalars: some Sequence<Unicode.Scalar>) -> Unicode.Version {
    scalars.compactMap(\.properties.age).max { ($0.major, $0.minor) < ($1.major, $1.minor) } ?? (0, 0)
}

/// Whether a scalar with a compatibility decomposition means something else than that: super- and subscripts, fractions, units and
/// words in a square, numbers in circles, brackets and with dots, and the double-struck letters of mathematics.
func isKept(_ scalar: Unicode.Scalar) -> Bool {
    let parts = decomposed(scalar)
    guard parts != [scalar], scalars(String(scalar).decomposedStringWithCanonicalMapping) == [scalar] else {
        return false
    }
    guard let name = scalar.properties.name, !name.hasPrefix("ARABIC"), !name.contains("PRESENTATION FORM") else {
        return false
    }
    if (0x3300...0x33FF).contains(scalar.value) || [0x3250, 0x32CC, 0x32CD, 0x32CE, 0x32CF].contains(scalar.value) {
        return true
    }
    if scalar.properties.numericType != nil {
        return scalar.properties.generalCategory != .decimalNumber && !name.contains("ROMAN NUMERAL")
    }
    return [
        "SUPERSCRIPT", "SUBSCRIPT", "MODIFIER LETTER", "ORDINAL INDICATOR", "FRACTION", "DOUBLE-STRUCK", "RAISED M",
        "IDEOGRAPHIC ANNOTATION", "TRADE MARK SIGN", "SERVICE MARK",
    ].contains { name.contains($0) }
        || name.hasPrefix("SQUARE ") || name.hasPrefix("SQUARED ")
}

/// `gap*count`
func ranges(_ values: [UInt32]) -> [String] {
    var words: [String] = []
    var (previous, index): (UInt32, Int) = (0, 0)
    while index < values.count {
        var count = 1
        while index + count < values.count, values[index + count] == values[index] + UInt32(count) { count += 1 }
        words.append(String(values[index] - previous, radix: 16) + (count == 1 ? "" : "*" + String(count, radix: 16)))
        previous = values[index + count - 1]
        index += count
    }
    return words
}

/// Writes what kinds of scalars there are, each scalar in the first list that takes it.
func printKinds() {
    let every = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init)
    func values(_ isMember: (Unicode.Scalar) -> Bool) -> [String] { ranges(every.filter(isMember).map(\.value)) }
    func isNumber(_ scalar: Unicode.Scalar) -> Bool {
        // Roman numerals fold to letters, which are none.
        scalar.properties.numericType != nil && scalar.properties.name?.contains("ROMAN NUMERAL") != true
    }
    print(
        """
        /// Which kinds of scalars there are, as far as careful folding needs it: written by `scripts/folding-data.swift`, which has the
        /// form.
        ///
        /// Of Unicode \(latestAge(of: every).major).
        enum ScalarKindData {
        \(literal("spaces", "White space.", values(\.properties.isWhitespace)))

        \(literal("numbers", "Digits and other numbers.", values(isNumber)))

        \(literal("cased", "Letters with a case.", values { $0.properties.isCased && !isNumber($0) }))

        \(literal("letters", "Letters without one.", values { $0.properties.isAlphabetic && !$0.properties.isCased && !isNumber($0) }))

        \(literal("kept", "What means something else than its compatibility decomposition.", values(isKept)))
        }
        """
    )
}

let hangulSyllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
if CommandLine.arguments.dropFirst().first == "kinds" {
    printKinds()
    exit(0)
}
let all = (UInt32(0)...0x10FFFF).filter { !hangulSyllables.contains($0) }.compactMap(Unicode.Scalar.init)
let decompositions = all.compactMap { scalar in
    let parts = decomposed(scalar)
    return parts == [scalar]
        ? nil : Mapping(source: scalar.value, targets: parts.map(\.value), isComposite: isComposite(scalar))
}
// Only of what decomposition leaves as it is: everything else is decomposed first.
let folds = all.compactMap { scalar in
    guard decomposed(scalar) == [scalar] else { return nil as Mapping? }
    let parts = folded(scalar).flatMap(decomposed)
    return parts == [scalar] ? nil : Mapping(source: scalar.value, targets: parts.map(\.value))
}
// Of no later version than Foundation's: it takes later marks for what begins something new, and so it has always been hashed.
let decompositionAge = latestAge(of: decompositions.compactMap { Unicode.Scalar($0.source) })
let classes = all.compactMap { scalar in
    guard let age = scalar.properties.age, age.major <= decompositionAge.major else { return nil as (UInt32, UInt32)? }
    let value = UInt32(scalar.properties.canonicalCombiningClass.rawValue)
    return value == 0 ? nil : (scalar.value, value)
}
/// `gap*count:class`
var classWords: [String] = []
var previous: UInt32 = 0
var index = 0
while index < classes.count {
    var count = 1
    while index + count < classes.count, classes[index + count].0 == classes[index].0 + UInt32(count),
        classes[index + count].1 == classes[index].1
    {
        count += 1
    }
    let run = count == 1 ? "" : "*" + String(count, radix: 16)
    classWords.append(String(classes[index].0 - previous, radix: 16) + run + ":" + String(classes[index].1, radix: 16))
    previous = classes[index + count - 1].0
    index += count
}

let foldAge = latestAge(of: folds.compactMap { Unicode.Scalar($0.source) })

print(
    """
    /// What Unicode says about scalars, as far as folding needs it: written by `scripts/folding-data.swift`, which has the form.
    ///
    /// Decompositions and classes know the scalars of Unicode \(decompositionAge.major) and before, cases those of \(foldAge.major).
    enum FoldingData {
    \(literal("decompositions", "The full compatibility decompositions; of Hangul syllables none, which are computed.", written(decompositions)))

    \(literal("folds", "The full case foldings of what has no decomposition; white space becomes a space.", written(folds)))

    \(literal("classes", "The combining classes that are not 0.", classWords))
    }
    """
)
