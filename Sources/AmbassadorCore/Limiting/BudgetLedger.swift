import Synchronization

/// What each tenant has used today, against what it may.
///
/// A call takes its request before it is made and is charged its tokens and its cost after it, so a budget of requests is
/// never overshot, and the others by at most what the calls use that are under way at once. Days are those of
/// UTC, and a call is charged to the day on which it ends. Only this process' own calls are counted, and those that its
/// SQLite file remembers: other replicas have ledgers of their own.
///
/// Safe from any thread; a short lock that hits never take.
package final class BudgetLedger: Sendable {
    /// The verdict on a call.
    package enum Verdict: Sendable, Equatable {
        case withinBudget
        /// `retryAfterSeconds` is the time until midnight UTC, rounded up.
        case exhausted(BudgetKind, retryAfterSeconds: Int)
    }

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// A day and what was used on it.
    private struct Day {
        /// The days since 1970.
        let number: Int64
        var usage: [TenantID: BudgetUsage] = [:]
        /// Whose usage has changed since it was last kept.
        var unkept: Set<TenantID> = []
        /// Of all the tenants for which there is no room.
        var others = BudgetUsage()
    }

    private struct State {
        var today = Day(number: .min)
        /// The days that the clock has left, the last one last: a clock that was wrong for a while comes back to one of them, which
        /// must be neither used up nor whole again.
        var left: [Day] = []
    }

    private static let daysLeftMax = 2

    private let budgets: [TenantID: Budget]
    private let budgetOfOthers: Budget?
    private let tenantsMax: Int
    private let refusals: [BudgetKind: Counter]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - budgets: by tenant.
    ///   - budgetOfOthers: what each tenant without a budget of its own gets; `nil` means no bound.
    ///   - tenantsMax: how many tenants are counted one by one in a day; all further ones share one budget of
    ///     `budgetOfOthers`, and tenants with a budget of their own are always counted one by one.
    ///   - registry: where its instruments are added.
    package init(
        _ budgets: [TenantID: Budget],
        others budgetOfOthers: Budget? = nil,
        tenantsMax: Int = 100_000,
        metrics registry: MetricRegistry
    ) {
        self.budgets = budgets
        self.budgetOfOthers = budgetOfOthers
        self.tenantsMax = tenantsMax
        self.refusals = Dictionary(
            uniqueKeysWithValues: BudgetKind.allCases.map {
                ($0, registry.counter(.budgetRefusals, ("kind", $0.rawValue)))
            }
        )
    }

    /// Whether any tenant has a budget; without one nothing is counted.
    package var hasBudgets: Bool { !self.budgets.isEmpty || self.budgetOfOthers != nil }

    /// Whether a tenant may make a call now.
    package func verdict(on tenant: TenantID, at now: Timestamp) -> Verdict {
        guard let budget = self.budget(of: tenant) else { return .withinBudget }
        let (usage, day) = self.state.withLock { state in
            Self.turn(&state, to: now)
            return (self.usage(of: tenant, state.today), state.today.number)
        }
        return self.verdict(budget.exhausted(by: usage), day, at: now)
    }

    /// Whether a call that took its request before may still be made: others may have used up tokens or money meanwhile.
    package func verdict(onTakenCallOf tenant: TenantID, at now: Timestamp) -> Verdict {
        guard let budget = self.budget(of: tenant) else { return .withinBudget }
        let (usage, day) = self.state.withLock { state in
            Self.turn(&state, to: now)
            return (self.usage(of: tenant, state.today), state.today.number)
        }
        let spent = BudgetUsage(tokens: usage.tokens, costNanos: usage.costNanos)
        return self.verdict(budget.exhausted(by: spent), day, at: now)
    }

    /// Takes a request for a call that is about to be made, where the tenant may make one.
    package func take(for tenant: TenantID, at now: Timestamp) -> Verdict {
        guard let budget = self.budget(of: tenant) else { return .withinBudget }
        let (kind, day) = self.state.withLock { state -> (BudgetKind?, Int64) in
            Self.turn(&state, to: now)
            let kind = budget.exhausted(by: self.usage(of: tenant, state.today))
            if kind == nil { self.add(BudgetUsage(requests: 1), to: tenant, &state.today) }
            return (kind, state.today.number)
        }
        return self.verdict(kind, day, at: now)
    }

    /// Puts back the request of a call that was not made after all.
    package func giveBack(to tenant: TenantID, at now: Timestamp) {
        guard self.budget(of: tenant) != nil else { return }
        self.state.withLock { state in
            Self.turn(&state, to: now)
            if state.today.usage[tenant] != nil {
                state.today.usage[tenant]?.giveBackRequest()
                state.today.unkept.insert(tenant)
            } else {
                state.today.others.giveBackRequest()
            }
        }
    }

    private func verdict(_ kind: BudgetKind?, _ day: Int64, at now: Timestamp) -> Verdict {
        guard let kind else { return .withinBudget }
        self.refusals[kind]?.increment()
        let midnight = (day + 1) * Self.millisecondsPerDay
        let seconds = (max(0, midnight - now.milliseconds) + 999) / 1000
        return .exhausted(kind, retryAfterSeconds: Int(max(1, seconds)))
    }

    /// Adds what a call has used.
    package func charge(_ usage: BudgetUsage, to tenant: TenantID, at now: Timestamp) {
        guard self.budget(of: tenant) != nil else { return }
        self.state.withLock { state in
            Self.turn(&state, to: now)
            self.add(usage, to: tenant, &state.today)
        }
    }

    /// Adds what was used today before this process began, as the SQLite file has it.
    ///
    /// Called once, and with usage of the day of `now` alone.
    package func restore(_ usage: [TenantID: BudgetUsage], at now: Timestamp) {
        self.state.withLock { state in
            Self.turn(&state, to: now)
            for (tenant, usage) in usage where self.budget(of: tenant) != nil {
                self.add(usage, to: tenant, &state.today)
            }
        }
    }

    /// What each tenant has used today whose usage has changed since this was last asked, for whoever keeps it.
    ///
    /// The audit log alone does not remember all: a background refresh answers no request, nor does a call whose caller left.
    ///
    /// - Returns: the start of the day that it is about; tenants that share a budget for want of room are not among them.
    package func takeUnkept() -> (day: Timestamp, usage: [TenantID: BudgetUsage]) {
        self.state.withLock { state in
            let today = state.today
            guard !today.unkept.isEmpty else { return (Timestamp(milliseconds: 0), [:]) }
            state.today.unkept.removeAll(keepingCapacity: true)
            let usage = today.usage.filter { today.unkept.contains($0.key) }
            return (Timestamp(milliseconds: today.number * Self.millisecondsPerDay), usage)
        }
    }

    /// Notes that what was taken to be kept was not, so that it is taken again.
    package func noteUnkept(_ tenants: some Sequence<TenantID>) {
        self.state.withLock { state in
            for tenant in tenants where state.today.usage[tenant] != nil { state.today.unkept.insert(tenant) }
        }
    }

    /// What a tenant has used today, and what it may; `nil` where it has no budget.
    package func usage(of tenant: TenantID, at now: Timestamp) -> (used: BudgetUsage, budget: Budget)? {
        guard let budget = self.budget(of: tenant) else { return nil }
        let used = self.state.withLock { state in
            Self.turn(&state, to: now)
            return self.usage(of: tenant, state.today)
        }
        return (used, budget)
    }

    /// The start of the day (UTC) of a moment: from where usage has to be restored.
    package static func startOfDay(of now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: Self.day(of: now) * Self.millisecondsPerDay)
    }

    private func budget(of tenant: TenantID) -> Budget? {
        self.budgets[tenant] ?? self.budgetOfOthers
    }

    private func usage(of tenant: TenantID, _ today: Day) -> BudgetUsage {
        if let usage = today.usage[tenant] { return usage }
        let hasRoom = today.usage.count < self.tenantsMax || self.budgets[tenant] != nil
        return hasRoom ? BudgetUsage() : today.others
    }

    private func add(_ usage: BudgetUsage, to tenant: TenantID, _ today: inout Day) {
        let hasRoom = today.usage.count < self.tenantsMax || self.budgets[tenant] != nil
        if hasRoom || today.usage[tenant] != nil {
            today.usage[tenant, default: BudgetUsage()] += usage
            today.unkept.insert(tenant)
        } else {
            today.others += usage
        }
    }

    private static func day(of now: Timestamp) -> Int64 {
        let (quotient, remainder) = now.milliseconds.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Goes to the day that the clock says: a new one, or one that it has said before.
    private static func turn(_ state: inout State, to now: Timestamp) {
        let number = Self.day(of: now)
        guard number != state.today.number else { return }
        var day = Day(number: number)
        if let index = state.left.firstIndex(where: { $0.number == number }) {
            day = state.left.remove(at: index)
            // What was kept of it may have made room for the day between.
            day.unkept = Set(day.usage.keys)
        }
        if state.today.number != .min { state.left.append(state.today) }
        if state.left.count > Self.daysLeftMax { state.left.removeFirst() }
        state.today = day
    }
}
