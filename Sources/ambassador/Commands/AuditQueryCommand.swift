import AmbassadorCore
import ArgumentParser

/// Finds audit records.
struct AuditQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Find audit records.",
        discussion: """
            Without options, the newest 100 records; whether there are more is said on standard error. Tables show the main columns; \
            --format json and csv have all.

            Times are how long ago (90m, 24h, 2d, 1w), a day (2026-11-22, today, yesterday) with or without a time, or a time of today \
            (14:05); without a zone they are those of this machine, or of the variable TZ. A --since that would be later today is of \
            yesterday.

            EXAMPLES:
              ambassador audit query --flow faq_qa --since 24h --outcome degraded,failed
              ambassador audit query --since 14:05 --limit 0
              ambassador audit query --where 'latency_ms > 2000' --format csv
              ambassador audit query --sql 'SELECT flow, count(*) FROM audit GROUP BY flow'

            \(exitStatusHelp)
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: FormatOptions

    @Option(name: .long, help: "Only these outcomes, with commas between them.")
    var outcome: OutcomeList?

    @Option(
        name: .long,
        help: ArgumentHelp("Only records since then: 24h, 1w, today, 14:05, or ISO 8601.", valueName: "time")
    )
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Only records before then.", valueName: "time"))
    var until: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("An SQL condition over the columns.", valueName: "condition")
    )
    var condition: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A read-only SQL statement in place of all the above.", valueName: "statement")
    )
    var sql: String?

    @OptionGroup var limit: LimitOption

    func validate() throws {
        let hasFilter =
            self.selection.flow != nil || self.selection.tenant != nil || self.outcome != nil
            || self.since != nil || self.until != nil || self.condition != nil
        guard self.sql == nil || !hasFilter else {
            throw ValidationError("--sql takes no other filter; put it into the statement.")
        }
        _ = try self.query(MomentReader(now: Clocks.system.wall()))
    }

    func run() async throws {
        try await reporting {
            let source = try StoreSources.audit(path: try self.store.path())
            let moments = MomentReader(now: Clocks.system.wall())
            try await self.execute(source, moments, to: Terminal.output, notesTo: Terminal.error)
        }
    }

    func execute(
        _ source: any AuditSource,
        _ moments: MomentReader,
        to output: any TextOutput,
        notesTo notes: any TextOutput
    ) async throws {
        let names = self.sql == nil ? AuditQuery.shownColumns : []
        let writer = ResultWriter(self.output.format, to: output, selecting: names)
        if let sql {
            let isCut = try await source.rows(sql: sql, limit: self.limit.rows, into: writer)
            try writer.end()
            if isCut { self.limit.tellOfMore("first", "rows", on: notes) }
            return
        }
        let query = try self.query(moments)
        if self.output.format == .table { try output.write(moments.heading(since: query.since, until: query.until)) }
        let isCut = try await source.records(query, into: writer)
        try writer.end()
        if isCut { self.limit.tellOfMore("newest", "records", on: notes) }
    }

    func query(_ moments: MomentReader) throws -> AuditQuery {
        AuditQuery(
            flow: self.selection.flow,
            tenant: self.selection.tenant,
            outcomes: self.outcome?.outcomes ?? [],
            since: try Self.moment(self.since, "--since") { text throws(InvalidValue) in try moments.start(text) },
            until: try Self.moment(self.until, "--until") { text throws(InvalidValue) in try moments.end(text) },
            condition: self.condition,
            limit: self.limit.rows
        )
    }

    private static func moment(
        _ text: String?,
        _ name: String,
        _ read: (String) throws(InvalidValue) -> Timestamp
    ) throws -> Timestamp? {
        guard let text else { return nil }
        do throws(InvalidValue) {
            return try read(text)
        } catch {
            throw ValidationError("\(name) \"\(visible(text))\" \(error.reason).")
        }
    }
}
