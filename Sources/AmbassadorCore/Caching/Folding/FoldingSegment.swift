/// Scalars that may act on one another: one that begins something new, and what joins it.
///
/// Bound: linear in the number of scalars, and 8 bytes for each.
struct FoldingSegment {
    private(set) var count = 0
    // Places beyond the count are kept for the next segment.
    private var scalars: [ClassedScalar] = []
    private var spare: [ClassedScalar] = []

    subscript(index: Int) -> ClassedScalar { self.scalars[index] }

    mutating func removeAll() { self.count = 0 }

    mutating func append(_ scalar: ClassedScalar) {
        if self.count < self.scalars.count {
            self.scalars[self.count] = scalar
        } else {
            self.scalars.append(scalar)
        }
        self.count += 1
    }

    /// Appends scalars of the table.
    mutating func append(_ table: FoldingTable, _ range: Range<Int>) {
        for index in range { self.append(table.scalars[index]) }
    }

    /// The number of the entry of the only scalar that is left, if there is only one and it has an entry.
    func onlyNumber(in table: FoldingTable) -> Int? {
        guard self.count == 1 else { return nil }
        let number = table.number(of: self.scalars[0].value)
        return number == 0 ? nil : number
    }

    /// Folds the case of what is composed, and composes once more: folding can take apart.
    mutating func fold(_ table: FoldingTable) {
        guard (0..<self.count).contains(where: { !table.entries[table.number(of: self.scalars[$0].value)].isStable })
        else {
            return
        }
        swap(&self.scalars, &self.spare)
        let count = self.count
        self.count = 0
        for index in 0..<count {
            let scalar = self.spare[index]
            let number = table.number(of: scalar.value)
            if number == 0 { self.append(scalar) } else { self.append(table, table.entries[number].folded.indices) }
        }
        self.compose(table)
    }

    /// Canonical composition (The Unicode Standard, D117) of what is decomposed.
    mutating func compose(_ table: FoldingTable) {
        self.order()
        var starter: Int?
        /// The class of the last mark that stays behind the starter.
        var blocking = -1
        var kept = 0
        for index in 0..<self.count {
            let scalar = self.scalars[index]
            let combiningClass = Int(scalar.combiningClass)
            if let starter, blocking < combiningClass,
                let composed = table.composition(of: self.scalars[starter].value, scalar.value)
            {
                self.scalars[starter] = ClassedScalar(composed, class: 0)
                continue
            }
            if combiningClass == 0 {
                starter = kept
                blocking = -1
            } else {
                blocking = combiningClass
            }
            self.scalars[kept] = scalar
            kept += 1
        }
        self.count = kept
    }

    /// Orders the marks behind each starter by their combining classes; those of one class stay in their order.
    private mutating func order() {
        var start = 0
        var isOrdered = true
        var last: UInt8 = 0
        for index in 0..<self.count {
            let combiningClass = self.scalars[index].combiningClass
            if combiningClass == 0 {
                if !isOrdered { self.sort(start..<index) }
                start = index + 1
                isOrdered = true
            } else if combiningClass < last {
                isOrdered = false
            }
            last = combiningClass
        }
        if !isOrdered { self.sort(start..<self.count) }
    }

    private static let insertedMax = 16

    private mutating func sort(_ range: Range<Int>) {
        guard range.count > Self.insertedMax else { return self.insertionSort(range) }
        // There are but 255 classes: counted, any number is ordered in linear time.
        var places = [Int](repeating: 0, count: 257)
        for index in range { places[Int(self.scalars[index].combiningClass) + 1] += 1 }
        for value in 1..<places.count { places[value] += places[value - 1] }
        for scalar in Array(self.scalars[range]) {
            let value = Int(scalar.combiningClass)
            self.scalars[range.lowerBound + places[value]] = scalar
            places[value] += 1
        }
    }

    private mutating func insertionSort(_ range: Range<Int>) {
        for index in range {
            let scalar = self.scalars[index]
            var place = index
            while place > range.lowerBound, self.scalars[place - 1].combiningClass > scalar.combiningClass {
                self.scalars[place] = self.scalars[place - 1]
                place -= 1
            }
            self.scalars[place] = scalar
        }
    }
}
