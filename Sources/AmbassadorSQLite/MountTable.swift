#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the kernel says is mounted where; `/proc/self/mountinfo` of Linux, see proc(5).
struct MountTable {
    private let lines: [ArraySlice<UInt8>]

    init(_ text: [UInt8]) {
        self.lines = text.split(separator: UInt8(ascii: "\n"))
    }

    /// The table of this process; empty where it cannot be read, as outside of Linux.
    static func ofProcess() -> MountTable {
        let descriptor = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return MountTable([]) }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while text.count < 16 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[..<count]
        }
        return MountTable(text)
    }

    /// Whether something is mounted at an absolute path, which may be that of a single file.
    func isMountPoint(_ path: String) -> Bool {
        self.lines.contains { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            return fields.count > 4 && Self.unescaped(fields[4]).elementsEqual(path.utf8)
        }
    }

    /// The type of the file system that an absolute path is in, such as `ext4` or `nfs4`; `nil` where it is not known.
    func fileSystem(of path: String) -> String? {
        var found: (length: Int, type: String)?
        for line in self.lines {
            // Behind a varying number of fields stands a hyphen of its own, and behind that the type.
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 4, let hyphen = fields.firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }),
                hyphen + 1 < fields.count
            else { continue }
            let point = Self.unescaped(fields[4])
            let isWithin =
                path.utf8.starts(with: point)
                && (point.last == UInt8(ascii: "/") || path.utf8.dropFirst(point.count).first == UInt8(ascii: "/"))
            // Of two that are mounted at one point the later one hides the other.
            guard isWithin, point.count >= found?.length ?? 0 else { continue }
            found = (point.count, String(decoding: fields[hyphen + 1], as: UTF8.self))
        }
        return found?.type
    }

    /// Blanks and backslashes stand there as three octal digits behind a backslash.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            guard byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(3)
        }
        return bytes
    }
}
