/// Makes the table of what the data says.
enum FoldingTableMaker {
    static func table(of contents: FoldingDataReader.Contents) -> FoldingTable {
        var compositions = CompositionTable()
        let joining = Self.addCompositions(contents.decompositions, to: &compositions).union(Hangul.joining)
        var entries = [FoldingTable.Entry()]
        var scalars: [ClassedScalar] = []
        var index = FoldingIndex()
        func classed(_ scalar: UInt32) -> ClassedScalar { ClassedScalar(scalar, class: contents.classes[scalar] ?? 0) }
        func joins(_ scalar: UInt32) -> Bool { contents.classes[scalar] != nil || joining.contains(scalar) }
        func add(_ list: [UInt32]) -> FoldingSpan {
            scalars += list.map(classed)
            return FoldingSpan(scalars.count - list.count..<scalars.count)
        }
        let sources = Set(contents.classes.keys).union(contents.folds.keys).union(contents.decompositions.keys).union(
            joining
        )
        for source in sources.sorted() {
            let parts = contents.decompositions[source]?.targets ?? [source]
            let folded = parts.flatMap { contents.folds[$0]?.targets ?? [$0] }
            var entry = FoldingTable.Entry()
            entry.parts = add(parts)
            entry.folded = add(folded)
            entry.settledParts = UInt8(parts.lastIndex { !joins($0) } ?? 0)
            entry.joins = parts.first.map(joins) ?? false
            entry.isStable = parts == folded
            index.insert(entries.count, for: source)
            entries.append(entry)
        }
        let table = FoldingTable(
            entries: entries,
            scalars: scalars,
            bytes: [],
            index: index,
            compositions: compositions
        )
        return Self.addingOutputs(to: table)
    }

    /// Adds the compositions and gives what may be the second part of one.
    private static func addCompositions(
        _ mappings: [UInt32: FoldingDataReader.Mapping],
        to table: inout CompositionTable
    ) -> Set<UInt32> {
        var seconds: Set<UInt32> = []
        // Shorter ones first: the first part of a composition is one itself.
        for mapping in mappings.values.filter(\.isComposite).sorted(by: { $0.targets.count < $1.targets.count }) {
            let last = mapping.targets[mapping.targets.count - 1]
            var first = mapping.targets[0]
            for next in mapping.targets.dropFirst().dropLast() {
                guard let composed = table.composition(of: first, next) else {
                    preconditionFailure("the data has a composition whose first part is none")
                }
                first = composed
            }
            table.insert(first, last, mapping.source)
            seconds.insert(last)
        }
        return seconds
    }

    /// What folding makes of each scalar alone is found out by folding it.
    private static func addingOutputs(to table: FoldingTable) -> FoldingTable {
        var entries = table.entries
        var bytes: [UInt8] = []
        for number in entries.indices.dropFirst() {
            let parts = entries[number].parts.indices
            let settled = parts.lowerBound + Int(entries[number].settledParts)
            let start = bytes.count
            for part in [parts.lowerBound..<settled, settled..<parts.upperBound] {
                entries[number].settledOutput = UInt8(bytes.count - start)
                var segment = FoldingSegment()
                segment.append(table, part)
                segment.compose(table)
                segment.fold(table)
                for index in 0..<segment.count { segment[index].write(into: &bytes) }
            }
            entries[number].output = FoldingSpan(start..<bytes.count)
        }
        return FoldingTable(
            entries: entries,
            scalars: table.scalars,
            bytes: bytes,
            index: table.index,
            compositions: table.compositions
        )
    }
}
