import AmbassadorCore
import AmbassadorHTTP

/// How the values of a setting are read, written and limited.
struct SettingType<Value: Sendable>: Sendable {
    /// The type in one word, as the settings table names it.
    let name: String
    /// Which values of the type are taken, as the settings table says it; empty where all are.
    let range: String
    let notation: SettingNotation
    let parse: @Sendable (SettingValue) throws(InvalidValue) -> Value
    let format: @Sendable (Value) -> SettingValue

    init(
        _ name: String,
        range: String = "",
        notation: SettingNotation = .string,
        parse: @escaping @Sendable (SettingValue) throws(InvalidValue) -> Value,
        format: @escaping @Sendable (Value) -> SettingValue
    ) {
        self.name = name
        self.range = range
        self.notation = notation
        self.parse = parse
        self.format = format
    }

    /// A type whose values are single texts.
    init(
        scalar name: String,
        range: String = "",
        notation: SettingNotation = .string,
        parse: @escaping @Sendable (String) throws(InvalidValue) -> Value,
        format: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            name,
            range: range,
            notation: notation,
            parse: { value throws(InvalidValue) in
                switch value {
                case .text(let text): return try parse(text)
                case .none: throw InvalidValue("is empty; leave the key out to keep the default")
                case .list: throw InvalidValue("is a list, but one value is needed")
                }
            },
            format: { .text(format($0)) }
        )
    }

    /// The same type with nothing, a plain `null`, as one more value.
    ///
    /// An empty text is none of its values: what is empty by mistake must not take a protection away.
    var optional: SettingType<Value?> {
        let base = self
        return SettingType<Value?>(
            self.name,
            range: self.range,
            notation: self.notation,
            parse: { value throws(InvalidValue) in
                switch value {
                case .none: return nil
                case .text(""): throw InvalidValue("is empty; write null for none")
                default: return try base.parse(value)
                }
            },
            format: { value in value.map { base.format($0) } ?? .none }
        )
    }
}

/// How JSON and YAML write a value.
enum SettingNotation: Sendable {
    case string
    case number
    case boolean
    case list
}

extension SettingType<Bool> {
    static let boolean = SettingType(
        scalar: "boolean",
        range: "true, false",
        notation: .boolean,
        parse: { text throws(InvalidValue) in
            switch text {
            case "true": return true
            case "false": return false
            default: throw InvalidValue("is not a boolean; write true or false")
            }
        },
        format: { String($0) }
    )
}

extension SettingType<ResponsesDialect?> {
    /// A dialect, or `false` for none; `true` stands for OpenAI's.
    static let responsesDialect = SettingType(
        scalar: "choice",
        range: "false, openai, langflow",
        parse: { text throws(InvalidValue) in
            switch text {
            case "false": return nil
            case "openai", "true": return .openAI
            case "langflow": return .langFlow
            default: throw InvalidValue("is not one of false, openai, langflow")
            }
        },
        format: { dialect in
            switch dialect {
            case nil: "false"
            case .openAI: "openai"
            case .langFlow: "langflow"
            }
        }
    )
}

extension SettingType<Int> {
    static func integer(_ range: ClosedRange<Int>) -> SettingType {
        SettingType(
            scalar: "integer",
            range: "\(range.lowerBound) to \(range.upperBound)",
            notation: .number,
            parse: { text throws(InvalidValue) in
                let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : Substring(text).utf8
                guard (1...18).contains(digits.count), digits.allSatisfy(isDigit), let number = Int(text) else {
                    throw InvalidValue("is not a whole number; write \(range.lowerBound) to \(range.upperBound)")
                }
                guard range.contains(number) else {
                    throw InvalidValue("is out of range; write \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            },
            format: { String($0) }
        )
    }

    static func byteCount(_ range: ClosedRange<Int>) -> SettingType {
        let names = range.lowerBound == 0 ? "0B" : ByteCountText.format(range.lowerBound)
        let allowed = "\(names) to \(ByteCountText.format(range.upperBound))"
        return SettingType(
            scalar: "size",
            range: allowed,
            parse: { text throws(InvalidValue) in
                let bytes = try ByteCountText.parse(text)
                guard range.contains(bytes) else { throw InvalidValue("is out of range; write \(allowed)") }
                return bytes
            },
            format: { ByteCountText.format($0) }
        )
    }
}

extension SettingType<Int?> {
    /// A number, or `auto` for none.
    static func concurrency(_ range: ClosedRange<Int>) -> SettingType {
        let number = SettingType<Int>.integer(range)
        return SettingType(
            scalar: "number",
            range: "auto, \(number.range)",
            parse: { text throws(InvalidValue) in
                if text == "auto" { return nil }
                do throws(InvalidValue) {
                    return try number.parse(.text(text))
                } catch {
                    throw InvalidValue("\(error.reason), or auto")
                }
            },
            format: { $0.map { String($0) } ?? "auto" }
        )
    }
}

extension SettingType<Duration> {
    static func duration(_ range: ClosedRange<Duration>) -> SettingType {
        let allowed = "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        return SettingType(
            scalar: "duration",
            range: allowed,
            parse: { text throws(InvalidValue) in
                let duration = try DurationText.parse(text)
                guard range.contains(duration) else { throw InvalidValue("is out of range; write \(allowed)") }
                return duration
            },
            format: { DurationText.format($0) }
        )
    }
}

extension SettingType<Double> {
    /// A part of a whole.
    static let share = SettingType(
        scalar: "share",
        range: "0 to 1",
        notation: .number,
        parse: { text throws(InvalidValue) in
            let nanos = try DecimalText.nanos(text)
            guard nanos <= 1_000_000_000 else { throw InvalidValue("is out of range; write a share from 0 to 1") }
            return Double(nanos) / 1_000_000_000
        },
        format: { DecimalText.format(nanos: Int64(($0 * 1_000_000_000).rounded())) }
    )
}

extension SettingType<Int64> {
    /// A price in units of the operator's currency, kept in billionths.
    static let price = SettingType(
        scalar: "price",
        range: "0 to 1000000",
        notation: .number,
        parse: { text throws(InvalidValue) in
            let nanos = try DecimalText.nanos(text)
            guard nanos <= 1_000_000_000_000_000 else { throw InvalidValue("is out of range; write 0 to 1000000") }
            return nanos
        },
        format: { DecimalText.format(nanos: $0) }
    )
}
