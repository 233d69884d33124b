package import AmbassadorCore

/// Takes everybody for one caller who may do everything.
package struct AnybodyAuthenticator: Authenticator {
    package init() {}

    package func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
        .accepted(Caller(principal: "anonymous", tenant: nil, permissions: .all))
    }
}
