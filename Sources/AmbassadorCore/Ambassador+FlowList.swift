import NIOCore

/// LangFlow's list of flows, as far as a caller may run them: made of what is listed and learned, with nothing of a flow's inside.
extension Ambassador {
    package func list(_ request: FlowListRequest) -> Decision { .pending { await self.answer(request) } }

    /// Answered lists are not recorded, since nothing is asked of LangFlow for them and nothing stored is shown; refused ones are.
    private func answer(_ request: FlowListRequest) async -> Response {
        let clocks = self.parts.clocks
        let head = RefusedHead(
            traceID: request.traceID,
            route: .none,
            clientAddress: request.clientAddress,
            receivedAt: request.receivedAt
        )
        var exchange = Exchange(head, receivedAt: request.receivedAt, time: clocks.wall())
        do throws(Refusal) {
            let caller = try await self.parts.access.waitForCaller(
                showing: request.credential,
                from: request.clientAddress,
                at: exchange.time,
                now: clocks.now()
            )
            exchange.principal = caller.principal
            if let tenant = caller.tenant { exchange.tenant = tenant }
            let subject = LimitSubject(
                tenant: exchange.tenant,
                principal: caller.principal,
                flow: nil,
                address: request.clientAddress
            )
            _ = try await self.waitForTokens(of: subject, scope: .withoutFlow, &exchange)
            await self.names?.learnWhereNobodyDoes()
            // Thousands of flows before hundreds of patterns: no work for an event loop.
            let body = await withTaskExecutorPreference(globalConcurrentExecutor) {
                self.parts.flows.list(for: caller.permissions, request.page)
            }
            return Response(status: 200, traceID: request.traceID, content: .json(body), limit: exchange.limit)
        } catch {
            return self.turnAway(Reply(error, traceID: request.traceID, as: .problem, outcome: .refused), exchange)
        }
    }
}

extension FlowRegistry {
    /// The flows that somebody may run, as JSON: those of the configuration by name, then those that LangFlow has beside.
    ///
    /// A flow whose id LangFlow has not said is left out, since clients read an id in each. Bound: the flows, each compared with every
    /// pattern of the permissions.
    func list(for permissions: Permissions, _ page: FlowListRequest.Page) -> ByteBuffer {
        let entries = page.part(of: self.runnable(by: permissions))
        var body = ByteBuffer()
        body.writeStaticString("[")
        for (position, entry) in entries.enumerated() {
            if position > 0 { body.writeStaticString(",") }
            body.writeStaticString(#"{"id":""#)
            body.writeString(entry.id.description)
            body.writeStaticString(#"","name":"#)
            JSONWriter.writeString(entry.title, into: &body)
            body.writeStaticString(#","endpoint_name":"#)
            body.writeString(entry.endpointName.map { "\"\($0)\"" } ?? "null")
            body.writeStaticString(
                #","description":null,"data":null,"is_component":false,"updated_at":null,"folder_id":null,"tags":null,"#
            )
            body.writeStaticString(#""mcp_enabled":false,"access_type":"PRIVATE"}"#)
        }
        body.writeStaticString("]")
        return body
    }

    private func runnable(by permissions: Permissions) -> [FlowIdentity] {
        let (known, list) = (self.knownFlows, self.lastList)
        let own = self.listedFlows.sorted { $0.name.description < $1.name.description }.compactMap {
            flow -> FlowIdentity? in
            let learned = known[flow.target]
            guard learned?.isGone != true, permissions.allows(.run, on: flow.name),
                let id = learned?.identity.id ?? (flow.target.isUUID ? flow.target : nil)
            else { return nil }
            let title = learned.map(\.identity.title).flatMap { $0.isEmpty ? nil : $0 } ?? flow.name.description
            // What callers call it here; an id stands in its own place.
            let name = flow.name.isUUID ? learned?.identity.endpointName : flow.name
            return FlowIdentity(id: id, endpointName: name, title: title)
        }
        guard self.allowsUnlisted else { return own }
        let ids = Set(known.values.map(\.identity.id))
        return own
            + list.flows.filter { flow in
                guard !ids.contains(flow.id), self.listedFlow(named: flow.id) == nil else { return false }
                return [flow.id, flow.endpointName].compactMap { $0 }.contains { permissions.allows(.run, on: $0) }
            }
    }
}
