import AmbassadorCore
import AmbassadorHTTP
import AmbassadorIdentity

/// What must hold of identities, limits and budgets.
extension ConfigurationRules {
    /// What stands before a token in its field.
    private static let tokenOverhead = "Authorization: Bearer ".utf8.count

    mutating func checkIdentity() {
        let auth = self.configuration.auth
        if auth.mode.takesTokens, auth.issuers.isEmpty {
            self.refuse("auth.mode", because: "tokens are taken, but no issuer is listed under auth.issuers")
        }
        if !auth.mode.takesTokens, !auth.issuers.isEmpty {
            self.warnings.append("auth.issuers has no effect while auth.mode is \(auth.mode.rawValue)")
        }
        if auth.mode.takesTokens, auth.tokenBytesMax + Self.tokenOverhead > self.configuration.limits.fieldBytesMax {
            self.warnings.append(
                "auth.token_size has no effect beyond limits.field_size, into which a token's field must fit"
            )
        }
        if auth.mode != .none, self.configuration.tenants.trustsHeader {
            self.warnings.append(
                "tenants.trust_header lets callers whose credential names no tenant choose one; only gateways should have such"
            )
        }
        do throws(InvalidValue) {
            _ = try RateLimit(name: "auth-failures", by: [.address], rate: auth.failures)
        } catch {
            self.refuse("auth.failures", because: error.reason)
        }
        if auth.issuers.count > JWTAuthenticator.issuersMax {
            self.refuse("auth.issuers", because: "there are more than \(JWTAuthenticator.issuersMax) issuers")
        }
        if case .unix = self.configuration.listen.address, !self.configuration.listen.allowedClients.isEmpty {
            self.warnings.append("listen.allowed_clients has no effect on a socket of this host")
        }
        if auth.mode == .none, self.configuration.cors.origins.contains(.any) {
            self.warnings.append(
                "cors.origins lets every web page that somebody on this host opens call without a credential"
            )
        }
        var issuers: Set<[UInt8]> = []
        for (name, settings) in auth.issuers.sorted(by: { $0.key.description < $1.key.description }) {
            let path = "auth.issuers.\(name)"
            do throws(InvalidValue) {
                let issuer = try IssuerConfiguration(settings, name: name)
                if !issuers.insert(Array(issuer.issuer.utf8)).inserted {
                    self.refuse("\(path).issuer", because: "another issuer has the same name")
                }
            } catch {
                self.refuse(path, because: error.reason)
            }
        }
    }

    mutating func checkEncryption() {
        self.checkAdminEncryption()
        let tls = self.configuration.listen.tls
        guard let settings = self.configuration.tlsSettings else {
            if tls.privateKeyFile != nil || tls.clientAuthorityFile != nil || tls.certificateFile != nil {
                self.refuse(
                    "listen.tls.certificate_file",
                    "listen.tls.private_key_file",
                    "listen.tls.client_ca_file",
                    because: "TLS needs both certificate_file and private_key_file"
                )
            } else if !self.configuration.listen.address.isLocal, self.configuration.auth.mode != .none {
                self.warnings.append(
                    "listen.address can be reached from other hosts and listen.tls is not set: credentials travel in clear"
                )
            }
            return
        }
        if case .unix = self.configuration.listen.address {
            self.refuse(
                "listen.tls.certificate_file",
                "listen.address",
                because: "a socket of this host needs no TLS; leave listen.tls out"
            )
        }
        do throws(CertificateError) {
            try settings.check()
        } catch {
            self.refuse("listen.tls.certificate_file", because: error.description)
        }
    }

    private mutating func checkAdminEncryption() {
        let (certificate, key) = ("admin.tls.certificate_file", "admin.tls.private_key_file")
        guard let settings = self.configuration.adminTLSSettings else {
            guard self.configuration.admin.tls != AmbassadorConfiguration.AdminTLS() else { return }
            return self.refuse(certificate, key, because: "TLS needs both certificate_file and private_key_file")
        }
        if case .unix = self.configuration.admin.address {
            self.refuse(
                certificate,
                "admin.address",
                because: "a socket of this host needs no TLS; leave admin.tls out"
            )
        }
        do throws(CertificateError) {
            try settings.check()
        } catch {
            self.refuse(certificate, because: error.description)
        }
    }

    mutating func checkUpstreamEncryption() {
        let paths = ["ca_file", "certificate_file", "private_key_file", "server_name"].map { "upstream.tls.\($0)" }
        let upstream = self.configuration.upstream
        guard upstream.url.isTLS else {
            guard upstream.tls != AmbassadorConfiguration.UpstreamTLS() else { return }
            let path = paths.first { self.origins[$0] != nil } ?? paths[0]
            return self.refuse(
                path,
                because: "upstream.url begins with http://, so that no TLS is spoken; write https://"
            )
        }
        if (upstream.tls.certificateFile == nil) != (upstream.tls.privateKeyFile == nil) {
            return self.refuse(paths[1], paths[2], because: "TLS needs both certificate_file and private_key_file")
        }
        do throws(CertificateError) {
            try self.configuration.upstreamTLSSettings.check()
        } catch {
            let set = paths.first { self.origins[$0] != nil }
            self.refuse(set ?? "upstream.url", because: set == nil ? "\(error) (SSL_CERT_FILE)" : error.description)
        }
    }

    mutating func checkLimits() {
        let limits = self.configuration.rateLimits
        if limits.count > RateLimit.countMax {
            self.refuse("rate_limits", because: "there are more than \(RateLimit.countMax) limits")
        }
        for (name, settings) in limits.sorted(by: { $0.key.description < $1.key.description }) {
            let path = "rate_limits.\(name)"
            do throws(InvalidValue) {
                _ = try RateLimit(settings, name: name)
            } catch {
                self.refuse(path, because: error.reason)
            }
            if settings.isShared, self.configuration.hotCache.redis == nil {
                self.refuse(
                    "\(path).shared",
                    because: "replicas share buckets in Redis, and hot_cache.redis is not set"
                )
            }
            if settings.by.contains(.principal), self.configuration.auth.mode == .none {
                self.warnings.append("\(path).by: with auth.mode none all callers are one principal")
            }
        }
        for (scope, settings) in self.configuration.budgets.sorted(by: { $0.key.description < $1.key.description }) {
            do throws(InvalidValue) {
                _ = try Budget(settings)
            } catch {
                self.refuse("budgets.\(scope)", because: error.reason)
            }
        }
    }
}
