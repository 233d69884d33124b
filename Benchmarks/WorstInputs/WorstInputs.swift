// What the worst input of each kind costs: `make benchmark-worst`, or the binary with [MAXIMUM BYTES], 32 MiB unless told.
//
// Each kind is done with 64 KiB, which is done on an event loop, with 1 MiB, the usual limit of a body, and with the most that
// `limits.body_size` may be, on a thread apart. Printed is the best of some runs, on a thread that does nothing else.

import AmbassadorCore
import Foundation
import NIOCore

@main struct WorstInputs {
    private static let runs = 5
    /// The most that an event loop may be held.
    private static let loopMicrosecondsMax = 5_000.0

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { Int($0) }
        guard arguments.count <= 1, !arguments.contains(nil) else {
            FileHandle.standardError.write(Data("usage: worst-inputs [MAXIMUM BYTES]\n".utf8))
            exit(64)
        }
        TextNormalization.prepare()
        print("| work | input | bytes | ms | ns/byte | where | verdict |")
        print("|---|---|--:|--:|--:|---|---|")
        var isHeld = false
        for kind in Kind.all {
            for size in [64 << 10, 1 << 20, arguments.first.flatMap { $0 } ?? 32 << 20] where size <= kind.bytesMax {
                isHeld = self.measure(kind, size) || isHeld
            }
        }
        print(isHeld ? "\nAn event loop is held for more than 5 ms." : "\nNo event loop is held for more than 5 ms.")
    }

    /// Prints a row; tells whether an event loop is held for too long.
    private static func measure(_ kind: Kind, _ size: Int) -> Bool {
        let (bytes, work) = kind.prepare(size)
        var best = Double.infinity
        for _ in 0..<(size > 4 << 20 ? 1 : Self.runs) {
            let start = NIODeadline.now()
            work()
            best = min(best, Double((NIODeadline.now() - start).nanoseconds) / 1_000)
        }
        let isOnLoop = kind.isAlwaysOnLoop || bytes <= 64 << 10
        let isHeld = isOnLoop && best > Self.loopMicrosecondsMax
        let cells = [
            kind.work, kind.input, String(bytes), String(format: "%.3f", best / 1_000),
            String(format: "%.1f", best * 1_000 / Double(bytes)), isOnLoop ? "loop" : "apart",
            isHeld ? "held too long" : "ok",
        ]
        print("| " + cells.joined(separator: " | ") + " |")
        return isHeld
    }
}
