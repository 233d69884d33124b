/// How the end of a message is hidden: lengths, codings, chunks.
enum FramingVectors {
    private static let chunks = "6\r\n\"evil\"\r\n0\r\n\r\n"

    static let lengths: [HostileVector] = [
        "", "+6", "-6", "-0", "0x6", "0X6", "6_0", "6 6", "6\t6", "6, 6", "6,6", "6,", ",6", "6,7",
        "6;",
        "6; q=1", "1Z", "Z6", "6.0", "6.", ".6", "6e0", "6E0", "1e1", "\"6\"", "'6'", "(6)", "six", "6\u{0B}",
        "\u{0B}6",
        "6\u{0C}", "６", "٦", "²", "6\u{A0}", "6h", "6L", "6u", "0b110", "0o6", "#6", "%36", "6%", "=6", "6=6", "*",
        "null",
        "true", "NaN", "Infinity", "9223372036854775808", "18446744073709551615", "18446744073709551616",
        "18446744073709551622", "36893488147419103238", "4294967302x", "99999999999999999999",
        String(repeating: "9", count: 100), String(repeating: "0", count: 100) + "9223372036854775808",
    ].map { HostileVector("Content-Length: \($0.prefix(24))", HostileVector.call("Content-Length: \($0)")) }

    static let largeLengths: [HostileVector] = [
        "1048577", "4294967296", "4294967302", "2147483648", "9223372036854775807",
    ].map { HostileVector("Content-Length: \($0)", HostileVector.call("Content-Length: \($0)"), .refused([413])) }

    static let repeatedLengths: [HostileVector] = [
        ("Content-Length: 6", "Content-Length: 6"), ("Content-Length: 6", "Content-Length: 5"),
        ("Content-Length: 5", "Content-Length: 6"), ("Content-Length: 6", "content-length: 6"),
        ("Content-Length: 6", "Content-Length:"), ("Content-Length: 0", "Content-Length: 6"),
        ("Content-Length: 6", "Content-Length: 0"), ("Content-Length: 6", "X-A: b\r\nContent-Length: 7"),
        ("Content-Length: 6", "Content-Length : 6"), ("Content-Length: 6", "Content-Length\t: 6"),
        ("Content-Length: 6", "\u{0B}Content-Length: 0"), ("Content-Length: 6", " Content-Length: 0"),
        ("Content-Length: 6", "Content-Length\u{0}: 0"), ("Content-Length: 6", "Content Length: 0"),
    ].enumerated().map { HostileVector("lengths, pair \($0)", HostileVector.call("\($1.0)\r\n\($1.1)")) }

    static let lengthAndCoding: [HostileVector] = [
        "Content-Length: 6\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 6",
        "Content-Length: 21\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 21",
        "Content-Length: 0\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "content-length: 6\r\ntransfer-encoding: CHUNKED", "TRANSFER-ENCODING: chunked\r\nCONTENT-LENGTH: 6",
        "Content-Length: 6\r\nX-A: b\r\nTransfer-Encoding: chunked", "Content-Length: 6\r\nTransfer-Encoding: xchunked",
        "Content-Length: 6\r\nTransfer-Encoding: identity", "Content-Length: 6\r\nTransfer-Encoding:",
        "Content-Length: 6\r\nTransfer-Encoding : chunked", "Content-Length: 6\r\nTransfer-Encoding\t: chunked",
        "Content-Length: 6\r\n Transfer-Encoding: chunked",
        "Content-Length: 6\r\nX-A: b\r\n\tTransfer-Encoding: chunked",
        "Content-Length: 6\r\nX-A: b\nTransfer-Encoding: chunked",
        "Content-Length: 6\r\nX-A: b\rTransfer-Encoding: chunked",
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\nConnection: Transfer-Encoding",
        "Content-Length: 6\r\nConnection: Content-Length\r\nTransfer-Encoding: chunked",
        "Content-Length:\r\nTransfer-Encoding: chunked", "Content-Length: x\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\nContent-Length: 6",
    ].enumerated().map { HostileVector("length and coding \($0)", HostileVector.call($1, body: chunks)) }

    static let codings: [HostileVector] = [
        "", "xchunked", "chunkedx", "x-chunked", "chunked-x", ",chunked", "chunked,", "chunked,,", ", chunked",
        "chunked , ",
        "chunked, identity", "identity, chunked", "gzip, chunked", "chunked, gzip", "gzip", "deflate", "compress", "br",
        "identity", "chunked;q=1", "chunked; x", "chunked ; x=y", "chunked chunked", "\"chunked\"", "'chunked'",
        "chunked, chunked", "chunked,chunked,chunked", "\u{0B}chunked", "chunked\u{0B}", "\u{0C}chunked", "chun ked",
        "chunke", "hunked", "chun\u{0}ked", "chunk\u{E9}d", "CHUNKEÐ", "chunked\u{0}", "c hunked", "chunked=",
        "=chunked",
        "[chunked]", "(chunked)", "chunked(x)", "%63hunked", "trailers", "x, chunked", "*", "cow, chunked", "nothing",
    ].map { HostileVector("Transfer-Encoding: \($0)", HostileVector.call("Transfer-Encoding: \($0)", body: chunks)) }

    private static let codingBytes: [UInt8] = [0x80, 0x85, 0x9F, 0xA0, 0xFF]

    static let codingsBehindBytes: [HostileVector] = codingBytes.map { byte in
        HostileVector("coding behind \(HostileVector.hexadecimal(byte))", coding([byte] + "chunked".utf8))
    }

    static let codingsBeforeBytes: [HostileVector] = codingBytes.map { byte in
        HostileVector("coding before \(HostileVector.hexadecimal(byte))", coding("chunked".utf8 + [byte]))
    }

    private static func coding(_ value: [UInt8]) -> [UInt8] {
        HostileVector.bytes(
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: ",
            value,
            "\r\n\r\n" + chunks
        )
    }

    static let repeatedCodings: [HostileVector] = [
        HostileVector(
            "two codings",
            HostileVector.call("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", body: chunks)
        ),
        HostileVector(
            "a coding and another",
            HostileVector.call("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", body: chunks)
        ),
        HostileVector(
            "a coding and identity",
            HostileVector.call("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", body: chunks)
        ),
        HostileVector(
            "a coding on a second line",
            HostileVector.call("Transfer-Encoding:\r\n chunked", body: chunks)
        ),
        HostileVector(
            "chunked in HTTP/1.0",
            HostileVector.call("Transfer-Encoding: chunked", start: "POST /run-flow HTTP/1.0", body: chunks)
        ),
        HostileVector(
            "chunked in HTTP/1.0 with a length",
            HostileVector.call(
                "Transfer-Encoding: chunked\r\nContent-Length: 6",
                start: "POST /run-flow HTTP/1.0",
                body: chunks
            )
        ),
    ]

    static let chunkSizes: [HostileVector] = [
        "0x6", "0X6", "+6", "-6", "-0", " 6", "6 ", "\t6", "6\t", "6 ;x", "", ";", ";x=y", "g", "6g", "G6", "0_6", "6_",
        "6,",
        "6.0", "６", "\u{A0}6", "6\u{A0}", "\u{0}6", "6\u{0}", "\u{0B}6", "6\u{0C}", "'6'", "\"6\"", "(6)",
        "12345678901234567",
        "00000000000000006", "8000000000000006", "FFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFA", "10000000000000006",
        "7FFFFFFFFFFFFFFFF", "1000000000000000000000000", "fffffffffffffffff6", "6h", "6:", "6=6", "%36", "-1", "--6",
    ].map { HostileVector("chunk size \($0)", HostileVector.chunked("\($0)\r\n\"evil\"\r\n0\r\n\r\n")) }

    private static let controlBytes: [UInt8] = Array(0x00...0x08) + [0x0B, 0x0C] + Array(0x0E...0x1F) + [0x7F]

    static let chunkExtensions: [HostileVector] = controlBytes.map { byte in
        HostileVector(
            "chunk extension with byte \(HostileVector.hexadecimal(byte))",
            HostileVector.bytes(HostileVector.chunked("6;x="), [byte], "y\r\n\"evil\"\r\n0\r\n\r\n")
        )
    }

    static let longFraming: [HostileVector] = [
        ("8 KiB", "6;" + String(repeating: "x", count: 8192) + "\r\n\"evil\"\r\n0\r\n\r\n"),
        (
            "5 KiB in two",
            "3;\(String(repeating: "x", count: 2560))\r\n\"ev\r\n3;\(String(repeating: "x", count: 2560))\r\nil\"\r\n0\r\n\r\n"
        ),
        ("64 KiB", "6;" + String(repeating: "x", count: 65_536) + "\r\n\"evil\"\r\n0\r\n\r\n"),
        ("with a bare LF", "6;x\n\"evil\"\r\n0\r\n\r\n"),
        ("with a bare LF and a hidden line", "6;x\n0\r\n\r\n\"evil\"\r\n0\r\n\r\n"),
        ("with a bare CR", "6;x\ry\r\n\"evil\"\r\n0\r\n\r\n"),
        ("on the last chunk of 8 KiB", "6\r\n\"evil\"\r\n0;" + String(repeating: "x", count: 8192) + "\r\n\r\n"),
        ("trailers of 8 KiB", "6\r\n\"evil\"\r\n0\r\nX-A: " + String(repeating: "x", count: 8192) + "\r\n\r\n"),
        ("zeros", String(repeating: "0", count: 5000) + "6\r\n\"evil\"\r\n0\r\n\r\n"),
    ].map { HostileVector("chunk extension \($0.0)", HostileVector.chunked($0.1)) }

    static let chunkEnds: [HostileVector] = [
        "6\n\"evil\"\r\n0\r\n\r\n", "6\r\"evil\"\r\n0\r\n\r\n", "6\r\r\n\"evil\"\r\n0\r\n\r\n",
        "6\rX\n\"evil\"\r\n0\r\n\r\n",
        "6\r\n\"evil\"\n0\r\n\r\n", "6\r\n\"evil\"\r0\r\n\r\n", "6\r\n\"evil\"XX0\r\n\r\n", "6\r\n\"evil\"0\r\n\r\n",
        "6\r\n\"evil\"\r\r\n0\r\n\r\n", "6\r\n\"evil\"\rX0\r\n\r\n", "6\r\n\"evil\"X\r\n0\r\n\r\n",
        "6\r\n\"evil\"\n\r0\r\n\r\n",
        "6\r\n\"evil\"\r\n\r\n0\r\n\r\n", "5\r\n\"evil\"\r\n0\r\n\r\n", "7\r\n\"evil\"\r\n0\r\n\r\n",
        "6\r\n\"evil\"\r\n0\n\r\n", "6\r\n\"evil\"\r\n0\r\r\n", "6\r\n\"evil\"\r\n0\n\n", "6\r\n\"evil\"\r\n0\r\n\n",
        "6\r\n\"evil\"\r\n0\r\n\rX", "6\r\n\"evil\"\r\n0\r\n\r\r\n", "6\r\n\"evil\"\r\n-1\r\n\r\n",
        "6\r\n\"evil\"\r\n\r\n",
        "6\r\n\"evil\"\r\n\r\n\r\n", "\r\n6\r\n\"evil\"\r\n0\r\n\r\n", "\n6\r\n\"evil\"\r\n0\r\n\r\n",
        "6\r\n\"evil\"\r\n0 \r\n\r\n",
        "6\r\n\"evil\"\r\n 0\r\n\r\n", "6\r\n\"evil\"\r\n+0\r\n\r\n", "6\r\n\"evil\"\r\n0x0\r\n\r\n",
        "6\r\n\"evil\"\r\nPOST",
        "\"evil\"", "POST /run-flow HTTP/1.1\r\n", "{\"evil\":1}\r\n0\r\n\r\n",
    ].enumerated().map { HostileVector("chunk end \($0)", HostileVector.chunked($1)) }

    static let trailers: [HostileVector] = [
        "Nonsense", ": x", "X A: b", "X-A : b", " X-A: b", "X-A: b\nX-B: c", "X-A: b\rX-B: c", "X-A: b\u{0}",
        "X\u{0}: b",
        "X-A: b\r\n c", "X\u{E9}: b", "\u{1}: x", "X-A", "X-A\t: b",
    ].map { HostileVector("trailer \($0)", HostileVector.chunked("6\r\n\"evil\"\r\n0\r\n\($0)\r\n\r\n")) }

    static let all =
        lengths + largeLengths + repeatedLengths + lengthAndCoding + codings + codingsBehindBytes
        + codingsBeforeBytes + repeatedCodings + chunkSizes + chunkExtensions + longFraming + chunkEnds + trailers
}
