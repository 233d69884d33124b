import AmbassadorCore

/// How much a caller wants JSON and plain text, by all its `Accept` lines together (RFC 9110 §5.3, §12.5.1).
struct AcceptedTypes {
    /// The weight of the most specific range that matches a type, from 0 to 1000; of equally specific ones the greatest.
    private struct Preference {
        private var specificity = 0
        private(set) var weight = 0

        mutating func note(_ weight: Int, specificity: Int) {
            if specificity > self.specificity {
                (self.specificity, self.weight) = (specificity, weight)
            } else if specificity == self.specificity {
                self.weight = max(self.weight, weight)
            }
        }
    }

    private var json = Preference()
    private var text = Preference()

    /// Whether plain text is wanted more than JSON, which everything here has by itself.
    var prefersText: Bool { self.text.weight > self.json.weight }

    /// Takes a line; a range with a weight that is none is passed over.
    mutating func add(_ value: String.UTF8View) {
        for range in value.split(separator: UInt8(ascii: ",")) {
            let parts = range.split(separator: UInt8(ascii: ";"))
            guard let type = parts.first?.trimmingBlanks, let weight = Self.weight(parts.dropFirst()) else { continue }
            if type.equalsIgnoringCase("application/json") {
                self.json.note(weight, specificity: 3)
            } else if type.equalsIgnoringCase("text/plain") {
                self.text.note(weight, specificity: 3)
            } else if type.equalsIgnoringCase("application/*") {
                self.json.note(weight, specificity: 2)
            } else if type.equalsIgnoringCase("text/*") {
                self.text.note(weight, specificity: 2)
            } else if type.equalsIgnoringCase("*/*") {
                self.json.note(weight, specificity: 1)
                self.text.note(weight, specificity: 1)
            }
        }
    }

    /// The thousandths of `q` (RFC 9110 §12.4.2), 1000 where there is none; `nil` where it is no weight.
    private static func weight(_ parameters: ArraySlice<Substring.UTF8View>) -> Int? {
        for parameter in parameters {
            let parameter = parameter.trimmingBlanks
            guard parameter.startsIgnoringCase(with: "q=") else { continue }
            let digits = parameter.dropFirst(2)
            guard let whole = digits.first, whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1") else { return nil }
            let rest = digits.dropFirst()
            guard rest.isEmpty || rest.first == UInt8(ascii: "."), rest.count <= 4 else { return nil }
            var (weight, unit) = (whole == UInt8(ascii: "1") ? 1000 : 0, 100)
            for digit in rest.dropFirst() {
                guard digit.isASCIIDigit else { return nil }
                weight += Int(digit - UInt8(ascii: "0")) * unit
                unit /= 10
            }
            return weight <= 1000 ? weight : nil
        }
        return 1000
    }
}
