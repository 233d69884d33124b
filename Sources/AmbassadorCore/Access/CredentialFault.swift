/// Why a credential was not accepted: for metrics, records and operators.
///
/// Callers are told none of it: an attacker must learn nothing by trying.
package enum CredentialFault: String, Error, Sendable, CaseIterable {
    /// There is none, where one is needed.
    case missing
    /// `X-API-Key` or `Authorization` has bytes that no credential has, or another scheme than Bearer.
    case malformed
    /// There are two, and they are good ones of different callers.
    case ambiguous
    /// It is of a kind that `auth.mode` does not take.
    case notTaken = "not_taken"
    /// It stands where an API key should, and has not the form of one.
    case notAKey = "not_an_api_key"
    /// It has the form of an API key, but is not one of the key file.
    case unknownKey = "unknown_key"
    case revoked
    case expired
    case notYetValid = "not_yet_valid"
    /// It has not the form of a token.
    case notAToken = "not_a_token"
    /// The token is longer than `auth.token_size`.
    case tooLong = "too_long"
    /// The token's header says what no header may say here.
    case header
    /// The token is signed by an algorithm that its issuer or the named key is not configured for.
    case algorithm
    /// No issuer of the configuration is named.
    case issuer
    /// The issuer has no key of this name.
    case unknownKeyID = "unknown_kid"
    case signature
    /// It is meant for somebody else.
    case audience
    /// It says something that cannot be, such as a tenant that is no tenant's name.
    case claims
    /// The keys to check it with cannot be had at the moment.
    case keysUnavailable = "keys_unavailable"
    /// As many credentials wait to be checked as may.
    case overloaded

    /// Whether it speaks against the caller, rather than against this side.
    package var isCallers: Bool { self != .keysUnavailable && self != .overloaded }
}
