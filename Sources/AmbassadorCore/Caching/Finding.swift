/// What an event loop found that looked an entry up without a task; see ``ResponseCache/lookUp(_:_:)``.
package enum Finding: Sendable {
    /// There is none, it does not verify, or the cache is away.
    case nothing
    case entry(CacheEntry)
    /// A value that takes longer to read than a loop may take; to be run once, in a task.
    case unread(@Sendable () async -> CacheEntry?)

    /// The entry, read where it is unread.
    package var entry: CacheEntry? {
        get async {
            switch self {
            case .nothing: nil
            case .entry(let entry): entry
            case .unread(let read): await read()
            }
        }
    }
}
