import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct ClockJumpsTests {
    /// Two clocks and the watch on them.
    private struct Clocks {
        var now = NIODeadline.uptimeNanoseconds(1)
        var wall = Timestamp(milliseconds: 1_790_000_000_000)
        var jumps = ClockJumps(at: .uptimeNanoseconds(1), wall: Timestamp(milliseconds: 1_790_000_000_000))

        mutating func pass(_ time: Duration) {
            self.now = self.now.advanced(by: time)
            self.wall = self.wall.advanced(by: time)
        }

        mutating func jump(_ time: Duration) {
            self.wall = self.wall.advanced(by: time)
        }

        mutating func look() -> Duration? { self.jumps.look(at: self.now, wall: self.wall) }
    }

    private static let day = Duration.seconds(86_400)

    @Test("time that passes is no jump, however long nobody looked, and a clock may be slewed")
    func steady() {
        var clocks = Clocks()
        for step in [Duration.milliseconds(1), .seconds(10), Self.day * 100] {
            clocks.pass(step)
            #expect(clocks.look() == nil)
        }
        for _ in 0..<1_000 {
            clocks.pass(.seconds(10))
            clocks.jump(.seconds(59))
            #expect(clocks.look() == nil)
            #expect(clocks.jumps.isBelieved)
        }
    }

    @Test("a jump is found once, and is over when the clock is back", arguments: [-100, -3, 3, 100])
    func back(days: Int) {
        var clocks = Clocks()
        clocks.pass(.seconds(10))
        clocks.jump(Self.day * days)
        #expect(clocks.look() == Self.day * days)
        for _ in 0..<100 {
            clocks.pass(.seconds(10))
            #expect(clocks.look() == nil)
            #expect(!clocks.jumps.isBelieved)
        }
        clocks.jump(.zero - Self.day * days)
        #expect(clocks.look() == .zero - Self.day * days)
        #expect(clocks.jumps.isBelieved)
    }

    @Test("a clock that goes on steadily for an hour is believed, and each further jump begins the hour anew")
    func confirmed() {
        var clocks = Clocks()
        clocks.jump(.seconds(61))
        #expect(clocks.look() == .seconds(61))
        clocks.pass(.seconds(3_599))
        #expect(clocks.look() == nil)
        #expect(!clocks.jumps.isBelieved)
        clocks.jump(Self.day)
        #expect(clocks.look() == Self.day)
        clocks.pass(.seconds(3_599))
        #expect(clocks.look() == nil)
        #expect(!clocks.jumps.isBelieved)
        clocks.pass(.seconds(1))
        #expect(clocks.look() == nil)
        #expect(clocks.jumps.isBelieved)
        // What is believed now is where it stands: back is a jump.
        clocks.jump(.zero - Self.day)
        #expect(clocks.look() == .zero - Self.day)
        #expect(!clocks.jumps.isBelieved)
    }

    @Test("somebody who says so is believed at once") func told() {
        var clocks = Clocks()
        clocks.jump(Self.day)
        #expect(clocks.look() == Self.day)
        clocks.jumps.believe()
        #expect(clocks.jumps.isBelieved)
        clocks.pass(.seconds(10))
        #expect(clocks.look() == nil)
        #expect(clocks.jumps.isBelieved)
    }

    @Test("a clock that does not fit what was before has to prove itself from the start") func start() {
        var clocks = Clocks()
        clocks.jumps = ClockJumps(at: clocks.now, wall: clocks.wall, isBelieved: false)
        clocks.pass(.seconds(3_599))
        #expect(clocks.look() == nil)
        #expect(!clocks.jumps.isBelieved)
        clocks.pass(.seconds(1))
        #expect(clocks.look() == nil)
        #expect(clocks.jumps.isBelieved)
    }
}
