/// What a limit tells requests apart by: each value has a bucket of its own.
package enum LimitDimension: String, Sendable, CaseIterable {
    case tenant
    /// Who calls, within the tenant.
    case principal
    case flow
    /// Where from: an IPv4 address, or the /64 of an IPv6 address; see ``ClientNetwork``.
    case address
}
