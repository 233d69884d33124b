/// What the kind of an error leaves open, for operators alone: it stands in records, log lines and metrics, never in an answer.
///
/// Its words are a closed list, so that refused requests are summed by them.
package enum ErrorDetail: Sendable, Hashable {
    /// Why a credential was not accepted, and the issuer that it names, where that is one of the configuration's.
    case credential(CredentialFault, issuer: String?)
    /// Why LangFlow gave no answer.
    case upstream(UpstreamFault)

    /// The word for it: lower-case ASCII and underscores.
    package var word: String {
        switch self {
        case .credential(let fault, _): fault.rawValue
        case .upstream(let fault): fault.rawValue
        }
    }

    /// The issuer of a credential, as the configuration names it; `nil` where it is not about one.
    package var issuer: String? {
        switch self {
        case .credential(_, let issuer): issuer
        case .upstream: nil
        }
    }
}
