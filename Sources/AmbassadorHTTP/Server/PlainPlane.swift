package import AmbassadorCore

/// What a server asks on a plane that has routes of its own: all sound requests go to those, and what is not sound is refused.
package struct PlainPlane: Responder {
    let responder: any PlainResponder

    package init(_ responder: any PlainResponder) {
        self.responder = responder
    }

    package func refuse(_ refusal: Refusal, of head: RefusedHead) -> Decision {
        .answered(Response(refusal, traceID: head.traceID, allowedMethods: head.allowedMethods))
    }

    package func decide(_ request: Request, remembering shortcuts: Shortcuts?) -> Decision {
        .answered(Self.unknownRoute(request.traceID))
    }

    package func probe(_ probe: Probe, traceID: TraceID) -> Response {
        Self.unknownRoute(traceID)
    }

    private static func unknownRoute(_ traceID: TraceID) -> Response {
        Response(Refusal(.unknownRoute, "There is no such route."), traceID: traceID)
    }
}
