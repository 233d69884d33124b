package import NIOCore
package import Synchronization

/// What the records of a question have in common: who asks what of which flow, and what is answered.
///
/// It may be shared by any number of records, which costs each a reference; the audit log finds out once for all of them under which
/// numbers it writes it.
package final class AuditSubject: Sendable {
    package struct Fields: Sendable {
        package var route: Route.Name
        package var tenant: TenantID
        /// Who called; `nil` where nobody was identified.
        package var principal: String?
        /// The flow by its own name, or as the caller named it where it is none that is known; `nil` where the request named none.
        package var flow: FlowName?
        /// The flow that LangFlow runs under that name.
        package var target: FlowName?
        package var inputHash: InputHash?
        package var clientAddress: String?
        /// What lies behind the error that was answered; `nil` where there was none, or its kind says all.
        package var errorDetail: ErrorDetail?
        /// What was asked (UTF-8), shared with the request's own bytes; `nil` where the flow does not store inputs.
        package var input: ByteBuffer?
        /// What was answered, in as far as its text may be kept; `nil` on errors too.
        package var answer: Answer?

        package init(
            route: Route.Name,
            tenant: TenantID,
            principal: String? = nil,
            flow: FlowName? = nil,
            target: FlowName? = nil,
            inputHash: InputHash? = nil,
            clientAddress: String? = nil,
            errorDetail: ErrorDetail? = nil,
            input: ByteBuffer? = nil,
            answer: Answer? = nil
        ) {
            self.route = route
            self.tenant = tenant
            self.principal = principal
            self.flow = flow
            self.target = target
            self.inputHash = inputHash
            self.clientAddress = clientAddress
            self.errorDetail = errorDetail
            self.input = input
            self.answer = answer
        }
    }

    package let fields: Fields
    /// Where the audit log has noted what it knows of this subject; zero at first, and of no meaning to anybody else.
    package let note = Atomic<UInt64>(0)

    package init(_ fields: Fields) {
        self.fields = fields
    }
}
