import Testing

@testable import ambassador

@Suite("How many connections fit into the limit of open files")
struct ConnectionRoomTests {
    private static func room(limit: Int, open: Int = 30, wanted: Int = 4096, upstream: Int = 64) -> ConnectionRoom {
        ConnectionRoom(
            wanted: wanted,
            upstream: upstream,
            loops: 2,
            limit: DescriptorLimit(count: limit),
            open: open
        )
    }

    @Test("where there are enough, all that was asked for")
    func enough() {
        let room = Self.room(limit: 1 << 20)
        #expect(room.data == 4096)
        #expect(room.admin == 57)
    }

    @Test(
        "where there are few, what is kept back for everything else is half of them at most",
        arguments: [(1024, 766, 57), (64, 17, 4), (40, 5, 2), (8, 2, 2)]
    )
    func few(limit: Int, data: Int, admin: Int) {
        let room = Self.room(limit: limit)
        #expect(room.data == data)
        #expect(room.admin == admin)
        #expect(limit < 40 || room.data + room.admin + 30 <= limit)
    }

    @Test("event loops leave descriptors for connections")
    func loops() {
        #expect(DescriptorLimit(count: 1 << 20).loops(of: 64) == 64)
        #expect(DescriptorLimit(count: 64).loops(of: 64) == 4)
        #expect(DescriptorLimit(count: 8).loops(of: 64) == 1)
    }

    @Test("the limit in force is counted, and so is what is open")
    func current() {
        #expect(DescriptorLimit.current.count > 0)
        #expect((3...DescriptorLimit.current.count).contains(DescriptorLimit.openCount))
    }
}
