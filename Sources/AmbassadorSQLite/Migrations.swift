/// One file of `migrations/`, as it stands in the binary.
struct Migration: Sendable {
    let name: String
    let sql: [UInt8]
    /// A query for the bytes that it writes anew, roughly; `nil` where that is next to nothing.
    var rewrites: String?

    /// All of them, in the order in which they are applied.
    static let all = [
        Migration(name: "0001_create_entries", sql: PackageResources._001_create_entries_sql),
        Migration(name: "0002_create_audit", sql: PackageResources._002_create_audit_sql),
        Migration(name: "0003_add_governance", sql: PackageResources._003_add_governance_sql),
        Migration(name: "0004_add_cache_control", sql: PackageResources._004_add_cache_control_sql),
        Migration(name: "0005_add_notes", sql: PackageResources._005_add_notes_sql),
        Migration(name: "0006_add_curation", sql: PackageResources._006_add_curation_sql),
        Migration(name: "0007_add_answer_forms", sql: PackageResources._007_add_answer_forms_sql),
        Migration(
            name: "0008_shorten_trace_runs",
            sql: PackageResources._008_shorten_trace_runs_sql,
            rewrites: "SELECT 24 * count(*) FROM audit_records"
        ),
        Migration(
            name: "0009_order_entries",
            sql: PackageResources._009_order_entries_sql,
            rewrites: "SELECT cast(total(size) AS INTEGER) FROM entries"
        ),
        Migration(name: "0010_add_refusals", sql: PackageResources._010_add_refusals_sql),
        Migration(name: "0011_sum_refusals", sql: PackageResources._011_sum_refusals_sql),
        Migration(name: "0012_add_error_details", sql: PackageResources._012_add_error_details_sql),
        Migration(name: "0013_add_background_calls", sql: PackageResources._013_add_background_calls_sql),
        Migration(name: "0014_add_chat_completions", sql: PackageResources._014_add_chat_completions_sql),
        Migration(name: "0015_know_gateways", sql: PackageResources._015_know_gateways_sql),
    ]
}
