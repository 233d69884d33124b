import AmbassadorCore

/// How LangFlow is verified, and what it is shown of the ambassador.
extension SettingsTable {
    static let upstreamTLS: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "upstream.tls.ca_file",
            optional: \.upstream.tls.authorityFile,
            .path,
            "The authorities in PEM, one of which must have signed LangFlow's certificate; else `SSL_CERT_FILE`, or the system's."
        ),
        Setting(
            "upstream.tls.certificate_file",
            optional: \.upstream.tls.certificateFile,
            .path,
            "The ambassador's own certificate and its chain in PEM, where LangFlow, or a gateway before it, asks for one."
        ),
        Setting(
            "upstream.tls.private_key_file",
            optional: \.upstream.tls.privateKeyFile,
            .path,
            "Its key in PEM; only the file's owner may read it."
        ),
        Setting(
            "upstream.tls.server_name",
            optional: \.upstream.tls.serverName,
            .hostName,
            "The name that is asked for, and that LangFlow's certificate is for; else the host of `upstream.url`."
        ),
    ]
}
