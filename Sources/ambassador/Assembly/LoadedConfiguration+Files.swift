import AmbassadorIdentity
import AmbassadorSQLite
import Logging

extension LoadedConfiguration {
    /// Reads every file that a start needs, as the start does, and changes none.
    ///
    /// What the settings say by themselves, certificates and public keys among it, was checked when they were loaded.
    ///
    /// - Throws: everything that keeps the ambassador from starting, each under its setting.
    func checkFiles() throws(ConfigurationErrors) {
        var errors: [ConfigurationError] = []
        func check(_ path: String, _ body: () throws -> Void) {
            do {
                try body()
            } catch {
                errors.append(
                    ConfigurationError(origin: self.origins[path] ?? .default, key: path, reason: "\(error)")
                )
            }
        }
        let auth = self.configuration.auth
        if auth.mode.takesKeys { check("auth.keys_file") { _ = try APIKeyFile(auth.keysFile).read() } }
        if auth.mode.takesTokens {
            for (name, issuer) in auth.issuers.sorted(by: { $0.key.description < $1.key.description }) {
                guard issuer.jwksFile != nil else { continue }
                check("auth.issuers.\(name).jwks_file") {
                    let silent = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
                    _ = try JWTAuthenticator(issuers: [IssuerConfiguration(issuer, name: name)], logger: silent)
                }
            }
        }
        check("store.path") { try SQLiteDatabase.check(path: self.configuration.store.path) }
        guard errors.isEmpty else { throw ConfigurationErrors(errors: errors) }
    }
}
