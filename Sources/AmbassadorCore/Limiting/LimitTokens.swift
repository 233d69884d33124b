/// The tokens that a request has in hand while it is decided.
struct LimitTokens: Sendable {
    /// A bit for each limit of the stage by its place; there are at most ``RateLimit/countMax``.
    private(set) var places: UInt32 = 0
    /// Those that stay spent, whatever becomes of the request.
    private var spentPlaces: UInt32 = 0
    /// Where the request stands with the limit that would refuse first.
    private(set) var tightest: LimitState?

    /// What came of asking for more.
    enum Verdict: Sendable {
        case taken(LimitTokens)
        /// The request is refused, for at least a second.
        case limited(LimitState, retryAfterSeconds: Int)

        var admission: Admission {
            switch self {
            case .taken(let tokens): .admitted(tokens.tightest)
            case .limited(let state, let seconds): .limited(state, retryAfterSeconds: seconds)
            }
        }
    }

    func holds(_ place: Int) -> Bool { self.places & 1 << UInt32(place) != 0 }

    /// The places whose tokens are put back where the request is refused.
    var returnable: UInt32 { self.places & ~self.spentPlaces }

    /// The same tokens, none of which is put back any more.
    var spent: LimitTokens {
        var tokens = self
        tokens.spentPlaces = self.places
        return tokens
    }

    mutating func add(_ place: Int, _ state: LimitState) {
        self.places |= 1 << UInt32(place)
        if self.tightest.map(state.isTighter) ?? true { self.tightest = state }
    }
}

/// Which limits can be asked.
enum LimitScope: Sendable {
    case all
    /// Those for which the flow plays no part: it stands in a body that is yet to be read.
    case withoutFlow
}
