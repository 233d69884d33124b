import NIOCore

extension MemoryCache {
    /// One part of the keys, judged on its own: W-TinyLFU in bytes.
    ///
    /// Pure: it takes no lock, reads no clock and keeps no count of metrics.
    ///
    /// A new entry comes into the window. What falls out of the window is admitted to the main part where there is room, or where it
    /// was asked for more often than each entry that would have to go for it. So one pass over many keys, each asked for once, passes
    /// through the window and leaves the main part as it was.
    struct Shard {
        private let entryBytesMax: Int
        private let windowBytesMax: Int
        private let mainBytesMax: Int
        private let protectedBytesMax: Int
        private var indices: [CacheKey: Int32] = [:]
        private var slots: ContiguousArray<Slot> = []
        private var firstFree = Slot.none
        private var window = SlotList()
        private var probation = SlotList()
        private var protected = SlotList()
        private var sketch: FrequencySketch
        private let bytesMax: Int
        private let sketchSeed: UInt64
        /// The latest moment that a look-up named: entries that expired before it are evicted first.
        private var latest = NIODeadline.distantPast

        init(bytesMax: Int, entryBytesMax: Int, sketchSeed: UInt64) {
            self.entryBytesMax = min(entryBytesMax, bytesMax / 4)
            self.windowBytesMax = bytesMax / 100
            self.mainBytesMax = bytesMax - bytesMax / 100
            self.protectedBytesMax = self.mainBytesMax / 5 * 4
            self.bytesMax = bytesMax
            // Answers are about 1 KiB.
            self.sketch = FrequencySketch(capacity: bytesMax / 1024)
            self.sketchSeed = sketchSeed
        }

        var entryCount: Int { self.indices.count }

        var byteCount: Int { self.window.byteCount + self.probation.byteCount + self.protected.byteCount }

        /// The entry of a key, marked as used; one that has expired is taken out.
        ///
        /// `hint` is the place where it was found last, which is looked at first.
        mutating func entry(for key: CacheKey, at now: NIODeadline, hint: inout Int32) -> Lookup {
            self.latest = max(self.latest, now)
            guard let index = self.index(of: key, hint), let entry = self.slots[Int(index)].entry else { return .miss }
            hint = index
            guard now < self.slots[Int(index)].expiresAt else {
                self.free(index)
                return .expired(entry)
            }
            if self.isFillingUp {
                self.count(key)
                self.touch(index)
            }
            return .hit(entry)
        }

        /// Puts an entry in, in place of one that is not later, and makes room for it.
        mutating func insert(_ entry: CacheEntry, expiresAt: NIODeadline, at now: Timestamp?) -> Removals {
            var removals = Removals()
            let byteCount = entry.byteCount
            if let index = self.indices[entry.key], let present = self.slots[Int(index)].entry {
                guard entry.replaces(entryStoredAt: present.storedAt, at: now) else { return removals }
                removals.replaced.append(present)
                if byteCount > self.entryBytesMax {
                    self.free(index)
                } else {
                    self.replace(index, by: entry, byteCount: byteCount, expiresAt: expiresAt, &removals)
                }
                return removals
            }
            guard byteCount <= self.entryBytesMax else { return removals }
            self.count(entry.key)
            let index = self.takeSlot()
            self.slots[Int(index)] = Slot(entry: entry, expiresAt: expiresAt, byteCount: byteCount)
            self.indices[entry.key] = index
            self.sketch.grow(toKeys: self.indices.count)
            self.window.prepend(index, in: &self.slots)
            self.shrinkWindow(&removals)
            return removals
        }

        /// All entries, expired ones too.
        var entries: [CacheEntry] { self.slots.compactMap(\.entry) }

        /// Takes out what the test names.
        mutating func removeAll(where isRemoved: (CacheEntry) -> Bool) -> [CacheEntry] {
            var removed: [CacheEntry] = []
            for index in self.slots.indices {
                guard let entry = self.slots[index].entry, isRemoved(entry) else { continue }
                self.free(Int32(index))
                removed.append(entry)
            }
            return removed
        }

        /// Takes out the entry of one key, where the test names it.
        mutating func remove(_ key: CacheKey, where isRemoved: (CacheEntry) -> Bool) -> [CacheEntry] {
            guard let index = self.indices[key], let entry = self.slots[Int(index)].entry, isRemoved(entry) else {
                return []
            }
            self.free(index)
            return [entry]
        }
    }
}

extension MemoryCache.Shard {
    private func index(of key: CacheKey, _ hint: Int32) -> Int32? {
        if self.slots.indices.contains(Int(hint)), self.slots[Int(hint)].entry?.key == key { return hint }
        return self.indices[key]
    }

    /// Whether what is used of late, and how often, begins to matter: half of the room is taken.
    ///
    /// Before that nothing has to go for a while, and to keep account of each use would be most of what a look-up costs.
    private var isFillingUp: Bool { self.byteCount > self.bytesMax / 2 }

    private mutating func count(_ key: CacheKey) {
        self.sketch.increment(self.sketchHash(of: key))
    }

    private func frequency(of key: CacheKey) -> Int { self.sketch.frequency(of: self.sketchHash(of: key)) }

    private func sketchHash(of key: CacheKey) -> UInt64 {
        // Both are parts of a SHA-256. The seed keeps those who choose inputs from choosing counters.
        key.input.words.2 ^ key.scope.low ^ self.sketchSeed
    }

    private mutating func touch(_ index: Int32) {
        switch self.slots[Int(index)].segment {
        case .window:
            self.window.remove(index, in: &self.slots)
            self.window.prepend(index, in: &self.slots)
        case .probation, .protected:
            self.unlink(index)
            self.slots[Int(index)].segment = .protected
            self.protected.prepend(index, in: &self.slots)
            self.shrinkProtected()
        }
    }

    private mutating func replace(
        _ index: Int32,
        by entry: CacheEntry,
        byteCount: Int,
        expiresAt: NIODeadline,
        _ removals: inout MemoryCache.Removals
    ) {
        self.count(entry.key)
        // Taken out with its old size and put back with its new one: the lists' sums hold.
        self.unlink(index)
        self.slots[Int(index)].entry = entry
        self.slots[Int(index)].byteCount = byteCount
        self.slots[Int(index)].expiresAt = expiresAt
        if self.slots[Int(index)].segment == .window {
            self.window.prepend(index, in: &self.slots)
            self.shrinkWindow(&removals)
        } else {
            self.slots[Int(index)].segment = .protected
            self.protected.prepend(index, in: &self.slots)
            self.shrinkProtected()
            // It stays: it is the newest of its list, and no entry alone fills the main part.
            while self.mainByteCount > self.mainBytesMax {
                self.evict(
                    self.probation.oldest == MemoryCache.Slot.none ? self.protected.oldest : self.probation.oldest,
                    &removals
                )
            }
        }
    }

    private var mainByteCount: Int { self.probation.byteCount + self.protected.byteCount }

    private mutating func shrinkProtected() {
        while self.protected.byteCount > self.protectedBytesMax {
            let index = self.protected.oldest
            self.protected.remove(index, in: &self.slots)
            self.slots[Int(index)].segment = .probation
            self.probation.prepend(index, in: &self.slots)
        }
    }

    private mutating func shrinkWindow(_ removals: inout MemoryCache.Removals) {
        while self.window.byteCount > self.windowBytesMax {
            let candidate = self.window.oldest
            guard let victims = self.victims(for: candidate) else {
                self.evict(candidate, &removals)
                continue
            }
            for victim in victims {
                self.evict(victim, &removals)
            }
            self.window.remove(candidate, in: &self.slots)
            self.slots[Int(candidate)].segment = .probation
            self.probation.prepend(candidate, in: &self.slots)
        }
    }

    /// The entries of the main part that must go for a candidate.
    ///
    /// - Returns: empty where there is room; `nil` where one of them was asked for as often as the candidate, or more often.
    private func victims(for candidate: Int32) -> [Int32]? {
        let slot = self.slots[Int(candidate)]
        var excess = self.mainByteCount + slot.byteCount - self.mainBytesMax
        guard excess > 0 else { return [] }
        guard let key = slot.entry?.key, self.latest < slot.expiresAt else { return nil }
        let frequency = self.frequency(of: key)
        var victims: [Int32] = []
        var index = self.probation.oldest
        while excess > 0 {
            if index == MemoryCache.Slot.none {
                // Nothing is left on probation: the least recently used of the protected are next.
                index = self.protected.oldest
            }
            let victim = self.slots[Int(index)]
            guard let victimKey = victim.entry?.key else { preconditionFailure("a free slot is in a list") }
            if self.latest < victim.expiresAt, self.frequency(of: victimKey) >= frequency {
                return nil
            }
            victims.append(index)
            excess -= victim.byteCount
            index = victim.newer
        }
        return victims
    }

    private mutating func evict(_ index: Int32, _ removals: inout MemoryCache.Removals) {
        if let entry = self.slots[Int(index)].entry {
            removals.evicted.append(entry)
        }
        self.free(index)
    }

    private mutating func unlink(_ index: Int32) {
        switch self.slots[Int(index)].segment {
        case .window: self.window.remove(index, in: &self.slots)
        case .probation: self.probation.remove(index, in: &self.slots)
        case .protected: self.protected.remove(index, in: &self.slots)
        }
    }

    /// Takes an entry out and gives its slot back; whoever calls keeps the entry alive until the lock is released.
    private mutating func free(_ index: Int32) {
        self.unlink(index)
        if let key = self.slots[Int(index)].entry?.key {
            self.indices[key] = nil
        }
        self.slots[Int(index)] = MemoryCache.Slot(older: self.firstFree)
        self.firstFree = index
    }

    private mutating func takeSlot() -> Int32 {
        guard self.firstFree != MemoryCache.Slot.none else {
            self.slots.append(MemoryCache.Slot())
            return Int32(self.slots.count - 1)
        }
        let index = self.firstFree
        self.firstFree = self.slots[Int(index)].older
        return index
    }
}
