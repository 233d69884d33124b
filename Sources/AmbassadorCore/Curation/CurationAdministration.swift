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
        let entry = await self.storedEntry(for: key)
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
        return await self.putInForce(self.mark(key, .pin(answer), author, reason))
    }

    package func tombstone(_ key: CacheKey, author: String, reason: String) async -> CurationResult {
        let result = await self.putInForce(self.mark(key, .tombstone, author, reason))
        guard result == .done else { return result }
        // What is stored would never be served here, but it would by other replicas, and after an unpin.
        return await self.purge(.key(key)).isComplete ? .done : .incomplete
    }

    package func unpin(_ key: CacheKey) async -> CurationResult {
        guard self.parts.curation.mark(for: key) != nil else { return .notFound }
        guard await self.parts.curationStore?.remove(key) ?? true else { return .notKept }
        self.parts.curation.remove(key)
        return .done
    }

    package var curationMarks: [CurationMark] { self.parts.curation.all }

    private func mark(_ key: CacheKey, _ kind: CurationMark.Kind, _ author: String, _ reason: String) -> CurationMark {
        CurationMark(key: key, kind: kind, author: author, reason: reason, time: self.parts.clocks.wall())
    }

    /// An operator is told that it is done once it is on disk; what cannot be kept is not in force either.
    private func putInForce(_ mark: CurationMark) async -> CurationResult {
        let replaced = self.parts.curation.mark(for: mark.key)
        guard self.parts.curation.insert(mark) else { return .noRoom }
        guard await self.parts.curationStore?.keep(mark) ?? true else {
            if let replaced { self.parts.curation.insert(replaced) } else { self.parts.curation.remove(mark.key) }
            return .notKept
        }
        return .done
    }

    private func storedEntry(for key: CacheKey) async -> CacheEntry? {
        if let entry = self.parts.memory.entry(for: key, at: self.parts.clocks.now()) { return entry }
        if let entry = await self.parts.shared?.entry(for: key), self.parts.purges.mayTake(entry) { return entry }
        return await self.parts.store.entry(for: key)
    }
}
