import NIOCore
import Testing

@testable import AmbassadorHTTP

@Suite struct OutputMemoryTests {
    @Test("what somebody still holds stays as it is, whatever is written next")
    func held() {
        var memory = OutputMemory()
        var first = memory.take(atLeast: 100)
        first.writeString("the first answer")
        let pending = first
        memory.giveBack(first)
        first = ByteBuffer()
        var second = memory.take(atLeast: 100)
        #expect(second.readableBytes == 0)
        second.writeString("another")
        #expect(String(buffer: pending) == "the first answer")
        #expect(String(buffer: second) == "another")
    }

    @Test("what is taken is empty and has the room that was asked for, also after smaller memory was given back")
    func room() {
        var memory = OutputMemory()
        for bytes in [10, 1000, 100, 100_000, 1] {
            var buffer = memory.take(atLeast: bytes)
            #expect(buffer.readableBytes == 0 && buffer.writableBytes >= bytes)
            buffer.writeRepeatingByte(1, count: bytes)
            memory.giveBack(buffer)
        }
    }

    @Test("large memory is not kept")
    func large() {
        var memory = OutputMemory()
        var buffer = memory.take(atLeast: OutputMemory.bytesMax + 1)
        buffer.writeInteger(UInt8(1))
        memory.giveBack(buffer)
        #expect(memory.take(atLeast: 1).capacity <= OutputMemory.bytesMax)
    }
}
