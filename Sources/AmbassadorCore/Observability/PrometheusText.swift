package import NIOCore

/// Prometheus' text exposition format, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
package enum PrometheusText {
    /// The format's media type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes every family of a registry, ordered by name; a family's samples in the order in which they were made.
    package static func render(_ registry: MetricRegistry) -> ByteBuffer {
        var buffer = ByteBuffer()
        let families = registry.snapshot.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for family in families {
            buffer.writeString("# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n")
            buffer.writeString("# TYPE \(family.name) \(family.kind.rawValue)\n")
            for sample in family.samples {
                Self.write(sample, of: family.name, into: &buffer)
            }
        }
        return buffer
    }

    private static func write(_ sample: MetricRegistry.Sample, of name: String, into buffer: inout ByteBuffer) {
        let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
        switch sample.value {
        case .counter(let counter):
            Self.write(name, labels, String(counter.value), into: &buffer)
        case .gauge(let read):
            Self.write(name, labels, Self.number(read()), into: &buffer)
        case .histogram(let histogram):
            Self.write(histogram, of: name, labels, into: &buffer)
        }
    }

    private static func write(
        _ histogram: LatencyHistogram,
        of name: String,
        _ labels: [String],
        into buffer: inout ByteBuffer
    ) {
        // The count is the sum of the same buckets, read once: it always equals the last of them.
        let (counts, sum) = histogram.snapshot
        var cumulative = 0
        for (index, count) in counts.enumerated() {
            cumulative += count
            let bound =
                index < LatencyHistogram.boundsMicroseconds.count
                ? Self.seconds(LatencyHistogram.boundsMicroseconds[index]) : "+Inf"
            Self.write("\(name)_bucket", labels + ["le=\"\(bound)\""], String(cumulative), into: &buffer)
        }
        Self.write("\(name)_sum", labels, Self.seconds(Int64(sum)), into: &buffer)
        Self.write("\(name)_count", labels, String(cumulative), into: &buffer)
    }

    private static func write(_ name: String, _ labels: [String], _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeString(name)
        if !labels.isEmpty {
            buffer.writeString("{\(labels.joined(separator: ","))}")
        }
        buffer.writeString(" \(value)\n")
    }

    /// Microseconds as a decimal number of seconds, exact and without trailing zeros.
    private static func seconds(_ microseconds: Int64) -> String {
        let (whole, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var text = (microseconds < 0 ? "-" : "") + String(whole)
        guard rest > 0 else { return text }
        // A leading one keeps the zeros in front.
        var digits = String(1_000_000 + rest).dropFirst()
        while digits.last == "0" {
            digits.removeLast()
        }
        text += "." + digits
        return text
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { String($0) } ?? value.description
    }

    /// A help text or a label's value with the bytes escaped that would end it.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\"") where quotes: bytes += [UInt8(ascii: "\\"), byte]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
