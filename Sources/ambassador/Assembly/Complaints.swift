import AmbassadorRedis

extension RedisCondition {
    /// What is wrong with Redis, for an operator; `nil` while it is up.
    var complaint: String? {
        switch self {
        case .up: nil
        case .away: "Redis is away; memory and the store serve"
        case .denied(let denial): "Redis refuses the ambassador: \(denial)"
        }
    }
}
