import AmbassadorHTTP
import AmbassadorTesting
import Testing

@testable import ambassador

/// `upstream.tls`: what is refused before anything starts.
@Suite struct UpstreamTLSSettingsTests {
    @Test("TLS without https, half a pair, and a file that is not there are refused, with the setting")
    func refused() throws {
        let cases = [
            ("{url: \"http://a\", tls: {ca_file: /ca.pem}}", "upstream.tls.ca_file: upstream.url begins with http://"),
            ("{url: \"http://a\", tls: {server_name: b}}", "upstream.tls.server_name: upstream.url begins with"),
            ("{url: \"https://a\", tls: {certificate_file: /a.pem}}", "upstream.tls.certificate_file: TLS needs both"),
            ("{url: \"https://a\", tls: {private_key_file: /a.pem}}", "upstream.tls.private_key_file: TLS needs both"),
            ("{url: \"https://a\", tls: {ca_file: /none/ca.pem}}", "the TLS file /none/ca.pem cannot be read"),
            (
                "{url: \"https://a\", tls: {server_name: 10.0.0.5}}",
                "upstream.tls.server_name: \"10.0.0.5\" is an address"
            ),
            ("{url: \"https://a\", tls: {server_name: \"::1\"}}", "upstream.tls.server_name: \"::1\" "),
            (
                "{url: \"https://a\", tls: {server_name: \"a b\"}}",
                "upstream.tls.server_name: \"a b\" has no valid host"
            ),
        ]
        for (upstream, expected) in cases {
            let errors = try errors(of: "upstream: \(upstream)")
            #expect(errors.count == 1 && errors.first?.contains(expected) == true, "\(upstream): \(errors)")
        }
    }

    @Test("what can be used is taken as it is")
    func taken() throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let identity = try authority.identity("ambassador")
        let yaml = """
            upstream:
              url: https://langflow.internal
              tls:
                ca_file: \(authority.certificate)
                certificate_file: \(identity.certificate)
                private_key_file: \(identity.key)
                server_name: LangFlow.Example
            """
        let configuration = try load(yaml).configuration
        #expect(configuration.upstreamTLSSettings.authorityFile == authority.certificate)
        #expect(configuration.upstreamTLSSettings.serverName == "langflow.example")
        #expect(try configuration.upstreamConfiguration.tls != nil)
    }
}
