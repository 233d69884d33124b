package import AmbassadorCore

/// Lets everybody do everything: for an ambassador that only its own host can reach.
package struct OpenAuthenticator: Authenticator {
    private static let anybody = Caller(principal: "anonymous", tenant: nil, permissions: .all)

    package init() {}

    /// Accepts whatever is shown, unusable credentials too: nobody looks at them.
    package func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
        .accepted(Self.anybody)
    }
}
