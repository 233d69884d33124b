/// One call to LangFlow as a record has it.
struct CallMade: Sendable {
    let microseconds: Int64
    /// What it is billed: what a good answer used, the call alone where none came, `nil` where LangFlow said that it failed.
    let billedUsage: Usage?

    init(microseconds: Int64, billedUsage: Usage? = nil) {
        self.microseconds = microseconds
        self.billedUsage = billedUsage
    }
}

extension Fetched {
    var call: CallMade {
        // What another ambassador gave in LangFlow's place costs nothing.
        let isBilled = self.status == 200 && self.degradation == nil
        return CallMade(microseconds: self.microseconds, billedUsage: isBilled ? self.usage : nil)
    }
}

extension FetchFailure {
    /// `nil` where LangFlow was not called.
    var call: CallMade? {
        self.microseconds.map { CallMade(microseconds: $0, billedUsage: self.error.billedUsage) }
    }
}

extension StreamEnd {
    /// `nil` where LangFlow was not called.
    var call: CallMade? {
        guard let failure else {
            return CallMade(microseconds: self.microseconds, billedUsage: self.isDegraded ? nil : self.usage)
        }
        return failure.call
    }
}

extension Reply {
    /// Puts a call into the record of this reply, and of no other.
    mutating func carry(_ call: CallMade, of flow: Flow?) {
        self.attempts = 1
        self.upstreamMicroseconds = call.microseconds
        self.usage = call.billedUsage ?? .unknown
        guard let usage = call.billedUsage else { return }
        self.costNanos = flow?.settings.price.nanos(for: usage) ?? 0
        // It paid for the answer itself.
        self.savedNanos = 0
    }
}
