import NIOCore

extension MemoryCache {
    /// An entry's place in a shard's table: a node of the list that it is in.
    struct Slot {
        /// `nil` while the slot is free.
        var entry: CacheEntry?
        var expiresAt = NIODeadline.distantPast
        var byteCount = 0
        var segment = Segment.window
        /// Toward the most recently used; in a free slot, unused.
        var newer = Slot.none
        /// Toward the least recently used; in a free slot, the next free one.
        var older = Slot.none

        static let none: Int32 = -1
    }

    /// The three lists of W-TinyLFU.
    enum Segment: UInt8 {
        /// What has just come in: a small LRU that lets a burst of uses count before it is judged.
        case window
        /// What was admitted, and what fell out of `protected`: the first to be evicted.
        case probation
        /// What was used again after it was admitted.
        case protected
    }

    /// A list of slots from the most to the least recently used; its links are in the slots, so that a move allocates nothing.
    struct SlotList {
        private(set) var newest = Slot.none
        private(set) var oldest = Slot.none
        private(set) var byteCount = 0

        /// Puts a slot that is in no list before all others.
        mutating func prepend(_ index: Int32, in slots: inout ContiguousArray<Slot>) {
            slots[Int(index)].newer = Slot.none
            slots[Int(index)].older = self.newest
            if self.newest == Slot.none {
                self.oldest = index
            } else {
                slots[Int(self.newest)].newer = index
            }
            self.newest = index
            self.byteCount += slots[Int(index)].byteCount
        }

        /// Takes a slot of this list out of it.
        mutating func remove(_ index: Int32, in slots: inout ContiguousArray<Slot>) {
            let newer = slots[Int(index)].newer
            let older = slots[Int(index)].older
            if newer == Slot.none {
                self.newest = older
            } else {
                slots[Int(newer)].older = older
            }
            if older == Slot.none {
                self.oldest = newer
            } else {
                slots[Int(older)].newer = newer
            }
            self.byteCount -= slots[Int(index)].byteCount
        }
    }
}
