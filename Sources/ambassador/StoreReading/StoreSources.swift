/// What the `audit` and `cache` commands read: the SQLite file of an ambassador that may be running.
enum StoreSources {
    static func audit(path: String) throws -> any AuditSource {
        SQLiteAuditSource(path: path)
    }

    static func entries(path: String) throws -> any EntrySource {
        SQLiteEntrySource(path: path)
    }
}
