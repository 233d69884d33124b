import CHiredis
import NIOCore

/// One element of a reply while hiredis reads it.
final class ReplyNode {
    private enum Content {
        case leaf(RedisReply)
        case array([ReplyNode])
    }

    private var content: Content

    init(leaf: RedisReply) {
        self.content = .leaf(leaf)
    }

    init() {
        self.content = .array([])
    }

    func append(_ node: ReplyNode) {
        guard case .array(var children) = self.content else {
            preconditionFailure("hiredis put an element into what is no array")
        }
        // Taken out first, so that the array is not copied.
        self.content = .array([])
        children.append(node)
        self.content = .array(children)
    }

    var reply: RedisReply {
        switch self.content {
        case .leaf(let reply): reply
        case .array(let children): .array(children.map(\.reply))
        }
    }
}

/// Makes Swift values of what hiredis reads, and counts what one reply may cost.
///
/// Not thread-safe: used inside one ``ReplyReader``.
final class ReplyBuilder {
    private let elementsMax: Int
    private var elementsLeft: Int

    init(elementsMax: Int) {
        self.elementsMax = elementsMax
        self.elementsLeft = elementsMax
    }

    /// Starts the next reply.
    func reset() {
        self.elementsLeft = self.elementsMax
    }

    /// hiredis' table of functions; a function that returns a null pointer ends the reading with an error.
    static var functions: redisReplyObjectFunctions {
        redisReplyObjectFunctions(
            createString: { task, bytes, count in
                let buffer = ByteBuffer(bytes: UnsafeRawBufferPointer(start: bytes, count: count))
                let reply: RedisReply? =
                    switch task?.pointee.type {
                    case REDIS_REPLY_STRING: .bulk(buffer)
                    case REDIS_REPLY_STATUS: .status(buffer)
                    case REDIS_REPLY_ERROR: .error(buffer)
                    default: nil
                    }
                return reply.flatMap { ReplyBuilder.place(ReplyNode(leaf: $0), task) }
            },
            createArray: { task, count in
                guard let task, let privdata = task.pointee.privdata else { return nil }
                let builder = Unmanaged<ReplyBuilder>.fromOpaque(privdata).takeUnretainedValue()
                guard count >= 0, Int(count) <= builder.elementsLeft else { return nil }
                // An empty array counts as well, or a reply could hold any number of them.
                builder.elementsLeft -= max(Int(count), 1)
                return ReplyBuilder.place(ReplyNode(), task)
            },
            createInteger: { task, value in ReplyBuilder.place(ReplyNode(leaf: .integer(value)), task) },
            createNil: { task in ReplyBuilder.place(ReplyNode(leaf: .null), task) },
            freeObject: { object in
                guard let object else { return }
                Unmanaged<ReplyNode>.fromOpaque(object).release()
            }
        )
    }

    /// Puts a node into the array it belongs to, which then owns it; one that belongs to none is owned by hiredis.
    private static func place(
        _ node: ReplyNode,
        _ task: UnsafePointer<redisReadTask>?
    ) -> UnsafeMutableRawPointer? {
        guard let parent = task?.pointee.parent else { return Unmanaged.passRetained(node).toOpaque() }
        guard let array = parent.pointee.obj else { return nil }
        Unmanaged<ReplyNode>.fromOpaque(array).takeUnretainedValue().append(node)
        return Unmanaged.passUnretained(node).toOpaque()
    }
}
