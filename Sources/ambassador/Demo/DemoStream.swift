import AmbassadorCore
import NIOCore

/// Records that are given out one after the other, with a pause before each.
actor DemoStream: ResponseStream {
    private var records: ArraySlice<ByteBuffer>
    private let pause: Duration

    init(_ records: [ByteBuffer], each pause: Duration) {
        self.records = records[...]
        self.pause = pause
    }

    func next() async -> StreamPiece {
        guard let record = self.records.popFirst() else { return .end }
        do {
            try await Task.sleep(for: self.pause)
        } catch {
            return .broken
        }
        return .bytes(record)
    }

    func abandon() {
        self.records = []
    }
}
