import Foundation

/// How much memory this process has.
enum ResidentMemory {
    /// The resident pages in bytes; zero where the system does not tell.
    static func byteCount() -> Int {
        // Without the file there is no measure, and growth is zero: the tests that ask run where it is there.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
