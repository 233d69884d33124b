import NIOCore
import Testing

@testable import AmbassadorCore

/// Sample limits and subjects, and what a limiter said.
enum Limits {
    static func limit(
        _ name: String = "per_tenant",
        by: Set<LimitDimension> = [.tenant],
        _ count: Int = 100,
        per seconds: Int = 1,
        burst: Int? = nil,
        flows: [String] = [],
        stage: LimitStage = .request,
        isShared: Bool = false
    ) throws -> RateLimit {
        try RateLimit(
            name: name,
            by: by,
            rate: Rate(count: count, periodSeconds: seconds),
            burst: burst,
            flows: flows.map { try #require(FlowPattern($0)) },
            stage: stage,
            isShared: isShared
        )
    }

    static func limit(
        _ count: Int,
        per seconds: Int = 1,
        burst: Int? = nil,
        flows: [String] = [],
        stage: LimitStage = .request,
        isShared: Bool = false
    ) throws -> RateLimit {
        try self.limit(
            "per_tenant",
            count,
            per: seconds,
            burst: burst,
            flows: flows,
            stage: stage,
            isShared: isShared
        )
    }

    static func subject(
        _ tenant: String = "acme",
        principal: String? = nil,
        flow: String? = nil,
        address: String? = nil
    ) throws -> LimitSubject {
        LimitSubject(
            tenant: try #require(TenantID(tenant.utf8)),
            principal: principal,
            flow: try flow.map { try #require(FlowName($0)) },
            address: address
        )
    }
}

extension RateLimiter {
    /// Whether a request is admitted at once.
    func admits(_ subject: LimitSubject, _ stage: LimitStage = .request, at now: NIODeadline) -> Bool {
        if case .admitted = self.admit(subject, stage, at: now) { true } else { false }
    }
}

extension Admission {
    var isAdmitted: Bool { if case .admitted = self { true } else { false } }

    var isPending: Bool { if case .pending = self { true } else { false } }

    /// The state in an answer that is there, and after how many seconds to come again.
    var parts: (state: LimitState?, retryAfter: Int?) {
        switch self {
        case .admitted(let state): (state, nil)
        case .limited(let state, let seconds): (state, seconds)
        case .pending: (nil, nil)
        }
    }

    /// The answer once it is there.
    func settled() async -> Admission {
        if case .pending(let settle) = self { await settle() } else { self }
    }
}
