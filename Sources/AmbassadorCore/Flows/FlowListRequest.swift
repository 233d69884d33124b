package import NIOCore

/// Who asks which flows there are, and which part of the list is wanted.
package struct FlowListRequest: Sendable {
    /// A part of a list.
    package struct Page: Sendable, Hashable {
        /// From 1 on.
        package var number = 1
        /// How many flows a page has; `nil` where all are wanted.
        package var size: Int?

        package init(number: Int = 1, size: Int? = nil) {
            self.number = number
            self.size = size
        }

        /// What of a list is on the page.
        func part<Element>(of list: [Element]) -> ArraySlice<Element> {
            guard let size else { return list[...] }
            let (start, overflow) = (self.number - 1).multipliedReportingOverflow(by: size)
            return overflow ? [] : list.dropFirst(start).prefix(size)
        }
    }

    package let page: Page
    package let credential: Credential
    package let traceID: TraceID
    package let clientAddress: String?
    /// When the first byte of the request was read.
    package let receivedAt: NIODeadline

    package init(
        page: Page,
        credential: Credential,
        traceID: TraceID,
        clientAddress: String?,
        receivedAt: NIODeadline
    ) {
        self.page = page
        self.credential = credential
        self.traceID = traceID
        self.clientAddress = clientAddress
        self.receivedAt = receivedAt
    }
}
