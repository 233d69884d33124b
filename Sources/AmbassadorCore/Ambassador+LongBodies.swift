import NIOCore

/// Requests whose bodies take long to read: they are read apart from the event loops, and after all that can be asked before.
extension Ambassador {
    /// Plans a request and takes its tokens.
    ///
    /// - Returns: `nil` where the caller left before its body was read.
    func waitForPlan(_ request: Request, of caller: Caller, _ exchange: inout Exchange) async throws(Refusal) -> Plan? {
        guard !LongWork.isShort(request.body.readableBytes) else {
            let plan = try self.plan(request, of: caller, at: self.parts.clocks.wall(), &exchange)
            try await self.waitForAdmission(of: plan, &exchange)
            return plan
        }
        let tokens = try await self.admitBeforeReading(request, of: caller, &exchange)
        guard let planned = try await self.planApart(request, of: caller, exchange) else { return nil }
        exchange = planned.exchange
        let plan = try planned.plan.get()
        try await self.waitForAdmission(of: plan, holding: tokens, &exchange)
        return plan
    }

    /// Asks what does not need the body: permission where the target names the flow, and the limits.
    ///
    /// The tokens are spent, whatever is found in the body: it was read for them.
    private func admitBeforeReading(
        _ request: Request,
        of caller: Caller,
        _ exchange: inout Exchange
    ) async throws(Refusal) -> LimitTokens {
        exchange.principal = caller.principal
        if let tenant = caller.tenant { exchange.tenant = tenant }
        exchange.tenant = try self.parts.access.tenant(of: caller, request.head)
        if case .langFlowRun(let name) = request.head.route {
            let flow = try self.flow(named: name) { name throws(Refusal) in
                try self.parts.access.authorizeRun(of: name, by: caller)
            }
            (exchange.flow, exchange.flowName) = (flow, flow.name)
        }
        let subject = LimitSubject(
            tenant: exchange.tenant,
            principal: caller.principal,
            flow: exchange.flow?.name,
            address: request.clientAddress
        )
        return try await self.waitForTokens(of: subject, scope: exchange.flow == nil ? .withoutFlow : .all, &exchange)
    }

    private struct Planned: Sendable {
        let plan: Result<Plan, Refusal>
        let exchange: Exchange
    }

    private func planApart(
        _ request: Request,
        of caller: Caller,
        _ exchange: Exchange
    ) async throws(Refusal) -> Planned? {
        let party = CallerWork.Party(
            tenant: exchange.tenant,
            principal: caller.principal,
            address: request.clientAddress
        )
        do throws(CallerWork.NotDone) {
            return try await self.callerWork.run(for: party) {
                var exchange = exchange
                let time = self.parts.clocks.wall()
                let plan = Result { () throws(Refusal) in try self.plan(request, of: caller, at: time, &exchange) }
                return Planned(plan: plan, exchange: exchange)
            }
        } catch {
            switch error {
            case .cancelled: return nil
            case .queueFull:
                throw Refusal(
                    .overloaded,
                    "Too many long requests wait to be read. Send fewer at once, or try again later.",
                    retryAfterSeconds: 1
                )
            }
        }
    }
}
