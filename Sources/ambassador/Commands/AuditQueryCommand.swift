import AmbassadorCore
import ArgumentParser
import Foundation

/// Finds audit records.
struct AuditQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Find audit records.",
        discussion: """
            Without options, the newest 100 records. Tables show the main columns; --format json and csv have all.

            EXAMPLES:
              ambassador audit query --flow faq_qa --since 24h --outcome degraded,failed
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

    @Option(name: .long, help: ArgumentHelp("Only records since then: 24h, 7d, or ISO 8601.", valueName: "time"))
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

    @Option(name: .long, help: ArgumentHelp("At most so many rows, the newest.", valueName: "rows"))
    var limit = 100

    func validate() throws {
        guard (1...1_000_000).contains(self.limit) else { throw ValidationError("--limit is 1 to 1000000.") }
        let hasFilter =
            self.selection.flow != nil || self.selection.tenant != nil || self.outcome != nil
            || self.since != nil || self.until != nil || self.condition != nil
        guard self.sql == nil || !hasFilter else {
            throw ValidationError("--sql takes no other filter; put it into the statement.")
        }
        _ = try self.query(now: Clocks.system.wall())
    }

    func run() async throws {
        try await reporting {
            try await self.execute(StoreSources.audit(path: try self.store.path()), to: Terminal.output)
        }
    }

    func execute(_ source: any AuditSource, to output: any TextOutput) async throws {
        if let sql {
            try self.output.write(try await source.rows(sql: sql, limit: self.limit), to: output)
        } else {
            let table = try await source.records(self.query(now: Clocks.system.wall()))
            let isForPeople = self.output.format == .table
            try self.output.write(isForPeople ? table.selecting(AuditQuery.shownColumns) : table, to: output)
        }
    }

    func query(now: Timestamp) throws -> AuditQuery {
        AuditQuery(
            flow: self.selection.flow,
            tenant: self.selection.tenant,
            outcomes: self.outcome?.outcomes ?? [],
            since: try Self.moment(self.since, "--since", now),
            until: try Self.moment(self.until, "--until", now),
            condition: self.condition,
            limit: self.limit
        )
    }

    private static func moment(_ text: String?, _ name: String, _ now: Timestamp) throws -> Timestamp? {
        guard let text else { return nil }
        do throws(InvalidValue) {
            return try Moment.parse(text, now: now)
        } catch {
            throw ValidationError("\(name) \"\(visible(text))\" \(error.reason).")
        }
    }
}
