import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Testing

@testable import ambassador

/// Where the admin plane may listen, and where commands look for it.
@Suite struct AdminPlaceTests {
    private static let auth = """
        auth:
          mode: jwt
          issuers: {main: {issuer: "https://a", algorithms: [RS256], audience: [b], jwks_url: "https://a/jwks"}}
        """

    @Test("other hosts reach it with credentials and TLS alone")
    func remote() throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let identity = try authority.identity("admin")
        let (certificate, key) = (identity.certificate, identity.key)
        let tls = "tls: {certificate_file: \(certificate), private_key_file: \(key)}"
        let everywhere = "address: \"0.0.0.0:9000\""
        let cases = [
            (
                "{\(everywhere), \(tls)}", "",
                "admin.address: 0.0.0.0:9000 can be reached from other hosts, and auth.mode none"
            ),
            ("{\(everywhere)}", Self.auth, "can be reached from other hosts, and admin.tls is not set"),
            ("{tls: {certificate_file: \(certificate)}}", "", "admin.tls.certificate_file: TLS needs both"),
            ("{tls: {private_key_file: \(key)}}", "", "admin.tls.private_key_file: TLS needs both"),
            ("{address: \"unix:/tmp/a\", \(tls)}", "", "a socket of this host needs no TLS"),
            ("{tls: {certificate_file: /none/a.pem, private_key_file: \(key)}}", "", "/none/a.pem cannot be read"),
        ]
        for (admin, rest, expected) in cases {
            let errors = try errors(of: "admin: \(admin)\n\(rest)")
            #expect(errors.count == 1 && errors.first?.contains(expected) == true, "\(admin): \(errors)")
        }
        let configuration = try load("admin: {\(everywhere), \(tls)}\n\(Self.auth)").configuration
        #expect(configuration.adminServerConfiguration.tls?.certificateFile == certificate)
        #expect(configuration.adminServerConfiguration.hosts == nil)
        #expect(configuration.serverConfiguration.tls == nil)
    }

    @Test("commands speak TLS where the configuration or a URL says so, by a name that they can check")
    func places() throws {
        #expect(try AdminPlace("127.0.0.1:8081").origin.isTLS == false)
        #expect(try AdminPlace("https://ambassador.internal:8081").origin.isTLS)
        #expect(try AdminPlace("https://ambassador.internal:8081").description == "https://ambassador.internal:8081")
        for text in ["http://a:1", "https://", "https://a/b", "https://u:p@a", "a"] {
            #expect(throws: InvalidValue.self, "\(text)") { try AdminPlace(text) }
        }
        var admin = AmbassadorConfiguration.Admin()
        #expect(try AdminPlace(admin).origin.isTLS == false)
        admin.tls.certificateFile = "a.pem"
        #expect(try AdminPlace(admin).description == "https://127.0.0.1:8081")
        admin.address = .tcp(host: "0.0.0.0", port: 9000)
        let failure = #expect(throws: CommandFailure.self) { try AdminPlace(admin) }
        #expect(failure?.description.contains("--admin https://NAME:9000") == true)
    }
}
