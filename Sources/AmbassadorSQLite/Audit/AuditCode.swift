import AmbassadorCore

/// The numbers by which records name the closed words; the table `audit_words` spells them out.
///
/// A number is never given to another word. A new case needs a number here and a line in a new migration.
enum AuditCode {
    static func code(of outcome: Outcome) -> Int64 {
        switch outcome {
        case .hit: 1
        case .stale: 2
        case .miss: 3
        case .collapsed: 4
        case .bypass: 5
        case .degraded: 6
        case .rejected: 7
        case .refused: 8
        case .failed: 9
        case .abandoned: 10
        case .refresh: 11
        }
    }

    static func code(of detail: OutcomeDetail) -> Int64 {
        switch detail {
        case .memory: 20
        case .redis: 21
        case .store: 22
        case .stale: 23
        case .fallback: 24
        case .session: 25
        case .policy: 26
        case .noStore: 30
        case .pinned: 31
        case .tombstone: 32
        }
    }

    static func code(of route: Route.Name) -> Int64 {
        switch route {
        case .runFlow: 40
        case .langFlowRun: 41
        case .none: 42
        case .responses: 43
        case .chatCompletions: 44
        }
    }

    static func code(of kind: Refusal.Kind) -> Int64 {
        switch kind {
        case .malformedRequest: 60
        case .malformedJSON: 61
        case .invalidField: 62
        case .forbidden: 63
        case .unknownFlow: 64
        case .unknownRoute: 65
        case .methodNotAllowed: 66
        case .clientTimeout: 67
        case .bodyTooLarge: 68
        case .targetTooLong: 69
        case .unsupportedMediaType: 70
        case .expectationFailed: 71
        case .headerTooLarge: 72
        case .notImplemented: 73
        case .httpVersion: 74
        case .upstreamUnreachable: 75
        case .upstreamTimeout: 76
        case .upstreamInvalid: 77
        case .upstreamCredential: 78
        case .upstreamFailed: 79
        case .breakerOpen: 80
        case .overloaded: 81
        case .auditUnavailable: 82
        case .internalError: 83
        case .unauthenticated: 84
        case .rateLimited: 85
        case .budgetExhausted: 86
        case .identityUnavailable: 87
        case .notStored: 100
        case .misdirected: 110
        case .unknownKey: 111
        case .storeUnavailable: 112
        case .connectionLost: 113
        case .upstreamGateway: 114
        case .upstreamLimited: 115
        }
    }
}
