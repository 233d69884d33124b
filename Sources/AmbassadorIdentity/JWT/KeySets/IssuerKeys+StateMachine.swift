import AmbassadorCore
import NIOCore

extension IssuerKeys {
    /// What is known of an issuer's keys, and who waits for more.
    ///
    /// Pure: it takes no lock, reads no clock and resumes nobody.
    struct StateMachine {
        /// What a token's header finds.
        enum Finding {
            case key(JWTKey, epoch: UInt64)
            /// Reading the keys again may help, and may be done or waited for now.
            case refreshable(otherwise: CredentialFault)
            case refused(CredentialFault)
        }

        enum Join {
            case lead
            case wait
            case refuse
        }

        /// What a read brought.
        enum Landing {
            case keys([JWTKey], revision: JWKSRevision?)
            case unchanged
            case failed
        }

        /// How many may wait for one read.
        static let waitersMax = 1024

        private let staleMax: Duration?
        private let isOnDemand: Bool
        private let demandInterval: Duration

        private var keys: [JWTKey]
        private(set) var epoch: UInt64 = 0
        private(set) var revision: JWKSRevision?
        /// When the keys were last known to be the newest; `nil` where there are none yet.
        private var confirmedAt: NIODeadline?
        /// When a token last had the keys read.
        private var demandedAt: NIODeadline?
        /// Who waits for the read that is under way; `nil` where none is.
        private var waiters: [OneShot<Bool>]?

        /// - Parameters:
        ///   - keys: those that are known from the start.
        ///   - staleMax: how long they are used without being confirmed; `nil` for keys that are for good.
        ///   - isOnDemand: whether an unknown key's name has them read again.
        ///   - demandInterval: the least time between two such reads.
        init(keys: [JWTKey], staleMax: Duration?, isOnDemand: Bool, demandInterval: Duration) {
            self.keys = keys
            self.staleMax = staleMax
            self.isOnDemand = isOnDemand
            self.demandInterval = demandInterval
        }

        /// Whether there are keys that may still be used.
        func isUsable(at now: NIODeadline) -> Bool {
            guard let staleMax = self.staleMax else { return true }
            guard let confirmedAt = self.confirmedAt else { return false }
            return confirmedAt.duration(to: now) <= staleMax
        }

        /// The key of a token, by what its header says.
        func find(_ id: JSONString?, for algorithm: SigningAlgorithm, at now: NIODeadline) -> Finding {
            guard self.isUsable(at: now) else { return self.refreshable(otherwise: .keysUnavailable, at: now) }
            guard let id else {
                let fitting = self.keys.filter { $0.algorithms.contains(algorithm) }
                guard let key = fitting.first, fitting.count == 1 else { return .refused(.unknownKeyID) }
                return .key(key, epoch: self.epoch)
            }
            // Keys of one name are for different algorithms.
            if let key = self.keys.first(where: { $0.id == id && $0.algorithms.contains(algorithm) }) {
                return .key(key, epoch: self.epoch)
            }
            guard self.keys.contains(where: { $0.id == id }) else {
                return self.refreshable(otherwise: .unknownKeyID, at: now)
            }
            return .refused(.algorithm)
        }

        private func refreshable(otherwise fault: CredentialFault, at now: NIODeadline) -> Finding {
            self.mayDemand(at: now) ? .refreshable(otherwise: fault) : .refused(fault)
        }

        private func mayDemand(at now: NIODeadline) -> Bool {
            guard self.isOnDemand else { return false }
            if let waiters = self.waiters { return waiters.count < Self.waitersMax }
            guard let demandedAt = self.demandedAt else { return true }
            return demandedAt.duration(to: now) >= self.demandInterval
        }

        /// Joins the read that is under way, or begins one.
        mutating func join(_ arrival: OneShot<Bool>) -> Join {
            guard self.waiters != nil else {
                self.waiters = [arrival]
                return .lead
            }
            self.waiters?.append(arrival)
            return .wait
        }

        /// Joins or begins on behalf of a token, within the limits.
        mutating func joinOnDemand(_ arrival: OneShot<Bool>, at now: NIODeadline) -> Join {
            guard self.mayDemand(at: now) else { return .refuse }
            let join = self.join(arrival)
            if case .lead = join {
                self.demandedAt = now
            }
            return join
        }

        /// Ends the read that is under way.
        ///
        /// - Returns: who waited for it.
        mutating func land(_ landing: Landing, at now: NIODeadline) -> [OneShot<Bool>] {
            switch landing {
            case .keys(let keys, let revision):
                self.replace(keys, revision: revision, at: now)
            case .unchanged:
                self.confirmedAt = now
            case .failed:
                break
            }
            defer { self.waiters = nil }
            return self.waiters ?? []
        }

        /// Takes keys in place of those that are known.
        mutating func replace(_ keys: [JWTKey], revision: JWKSRevision?, at now: NIODeadline) {
            self.keys = keys
            self.revision = revision
            self.confirmedAt = now
            self.epoch += 1
        }
    }
}
