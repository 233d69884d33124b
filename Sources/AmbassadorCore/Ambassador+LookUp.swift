/// The step between the two halves of the pipeline: the cache that replicas share is asked on the request's own event loop.
///
/// A task for each of its hits would cost as much as asking does. Whatever is no hit there goes on in the second half, which is then
/// not asked again what was found.
extension Ambassador {
    func lookFurther(_ plan: Plan, _ exchange: Exchange) -> Decision {
        guard case .use(let key, _) = plan.caching, let shared = self.parts.shared else {
            return self.fulfilling(plan, exchange, nil)
        }
        return .asking { tell in
            let isAsked = shared.lookUp(key) { tell(self.decide(on: $0, plan, exchange)) }
            return isAsked ? nil : self.fulfilling(plan, exchange, nil)
        }
    }

    private func decide(on finding: Finding, _ plan: Plan, _ exchange: Exchange) -> Decision {
        guard case .entry(let entry) = finding,
            let reply = self.answer(with: entry, to: plan, from: .redis)
        else { return self.fulfilling(plan, exchange, finding) }
        self.keep(entry, plan, from: .redis)
        return self.conclude(reply, exchange)
    }

    private func fulfilling(_ plan: Plan, _ exchange: Exchange, _ finding: Finding?) -> Decision {
        .pending {
            let reply = await self.fulfil(plan, after: finding)
            return await self.conclude(reply, exchange).response
        }
    }
}
