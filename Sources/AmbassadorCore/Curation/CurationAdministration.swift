package import NIOCore

/// What an operator may decide about single answers.
package protocol CurationAdministration: Sendable {
    /// Has requests of a key answered with a text (UTF-8) from now on, or with the answer that is stored where that is `nil`.
    func pin(_ key: CacheKey, text: ByteBuffer?, author: String, reason: String) async -> CurationResult

    /// Has requests of a key never answered from a cache from now on, and removes what is stored.
    func tombstone(_ key: CacheKey, author: String, reason: String) async -> CurationResult

    /// Takes back what was decided about a key.
    func unpin(_ key: CacheKey) async -> CurationResult

    /// All that is in force, the latest first.
    var curationMarks: [CurationMark] { get }
}

/// What came of a decision.
package enum CurationResult: String, Sendable {
    case done
    /// Nothing is stored under the key that could be pinned, or nothing was decided about it.
    case notFound = "not found"
    /// The answer is over the limit of an entry, or there are too many marks.
    case noRoom = "no room"
    /// The store cannot be written, so nothing was changed.
    case notKept = "not kept"
    /// It is in force, but what was stored could not be removed everywhere.
    case incomplete
}

extension Ambassador: CurationAdministration {
    package func pin(_ key: CacheKey, text: ByteBuffer?, author: String, reason: String) async -> CurationResult {
        // Before anything is looked at: what a purge covers from here on is not pinned.
        let purges = self.parts.purges.sequence
        let entry = await self.storedEntry(for: key)
        let result = await self.pin(key, text: text, entry, askedAt: purges, author: author, reason: reason)
        guard result == .notFound, text != nil else { return result }
        // Purged meanwhile; the text is an answer of its own, without what was asked.
        return await self.pin(key, text: text, nil, askedAt: purges, author: author, reason: reason)
    }

    private func pin(
        _ key: CacheKey,
        text: ByteBuffer?,
        _ entry: CacheEntry?,
        askedAt purges: UInt64,
        author: String,
        reason: String
    ) async -> CurationResult {
        let answer: Answer
        if let text {
            answer = FallbackAnswer.make(
                text: String(buffer: text),
                input: entry?.input ?? ByteBuffer(),
                component: "Ambassador-pinned"
            )
        } else if let entry, let document = entry.answer.in(.document) {
            // A stream is made of it again where one is asked for.
            answer = document
        } else {
            return .notFound
        }
        guard answer.body.readableBytes + answer.text.readableBytes <= self.parts.entryBytesMax else { return .noRoom }
        let ledger = self.parts.purges
        return await self.putInForce(self.mark(key, .pin(answer), author, reason)) {
            guard let entry, !ledger.permits(entry, askedAt: purges) else { return nil }
            return .notFound
        }
    }

    package func tombstone(_ key: CacheKey, author: String, reason: String) async -> CurationResult {
        let result = await self.putInForce(self.mark(key, .tombstone, author, reason))
        guard result == .done else { return result }
        // What is stored would never be served here, but it would by other replicas, and after an unpin.
        return await self.purge(.key(key)).isComplete ? .done : .incomplete
    }

    package func unpin(_ key: CacheKey) async -> CurationResult {
        let table = self.parts.curation
        return await self.make(.forget(key)) {
            table.mark(for: key) == nil ? .notFound : nil
        } apply: {
            table.remove(key)
        }
    }

    package var curationMarks: [CurationMark] { self.parts.curation.all }

    private func mark(_ key: CacheKey, _ kind: CurationMark.Kind, _ author: String, _ reason: String) -> CurationMark {
        CurationMark(key: key, kind: kind, author: author, reason: reason, time: self.parts.clocks.wall())
    }

    private func putInForce(
        _ mark: CurationMark,
        unless objection: @escaping @Sendable () -> CurationResult? = { nil }
    ) async -> CurationResult {
        let table = self.parts.curation
        return await self.make(.keep(mark)) {
            objection() ?? (table.hasRoom(for: mark) ? nil : .noRoom)
        } apply: {
            table.insert(mark)
        }
    }

    /// An operator is told that it is done once it is on disk; what cannot be kept is not in force either.
    ///
    /// Memory follows the disk, change by change, so that a restart finds the marks that were in force.
    private func make(
        _ change: CurationChange,
        unless objection: @escaping @Sendable () -> CurationResult?,
        apply: @escaping @Sendable () -> Void
    ) async -> CurationResult {
        if let store = self.parts.curationStore {
            return await store.make(change, unless: objection, apply: apply)
        }
        if let result = objection() { return result }
        apply()
        return .done
    }

    private func storedEntry(for key: CacheKey) async -> CacheEntry? {
        if let entry = self.parts.memory.entry(for: key, at: self.parts.clocks.now()) { return entry }
        if let entry = await self.parts.shared?.entry(for: key) { return entry }
        return await self.parts.store.entry(for: key)
    }
}
