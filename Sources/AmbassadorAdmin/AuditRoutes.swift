import AmbassadorCore
import NIOCore

/// `/admin/v1/audit`: what operators may have done to the audit log.
struct AuditRoutes {
    let retention: any RetentionAdministration
    let recorder: ChangeRecorder

    var all: [AdminRoute] {
        let (retention, recorder) = (self.retention, self.recorder)
        return [
            AdminRoute(method: "POST", path: "/admin/v1/audit/prune", permission: .adminWrite) {
                request throws(Refusal) in
                try await Self.prune(retention, request, recorder)
            }
        ]
    }

    private static func prune(
        _ retention: any RetentionAdministration,
        _ request: AdminRequest,
        _ recorder: ChangeRecorder
    ) async throws(Refusal) -> Response.Content {
        guard request.caller.tenant == nil else {
            await recorder.record(.adminWrite, of: "audit prune", .refused, "of a tenant's credential", in: request)
            throw Refusal(.forbidden, "Nothing was deleted: the audit log is not one tenant's.")
        }
        guard let removed = await retention.pruneNow() else {
            await recorder.record(.adminWrite, of: "audit prune", .failed, "the store cannot be written", in: request)
            throw Refusal(.storeUnavailable, "The store cannot be written, so not all was deleted. See the log.")
        }
        await recorder.record(.adminWrite, of: "audit prune", .done, "removed=\(removed)", in: request)
        return .json(ByteBuffer(string: #"{"removed":\#(removed)}"# + "\n"))
    }
}
