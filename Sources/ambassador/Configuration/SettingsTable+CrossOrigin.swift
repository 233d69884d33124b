import AmbassadorCore

/// Which web pages may call.
extension SettingsTable {
    static let crossOrigin: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "cors.origins",
            \.cors.origins,
            .webOrigins,
            "The web pages that may call the data plane, by their origins; `[]` is none."
        ),
        Setting(
            "cors.headers",
            \.cors.headers,
            .pageHeaders,
            "Header fields that a page may set beside those that are read here; `*` is whatever it asks for but what would be refused."
        ),
        Setting(
            "cors.max_age",
            \.cors.maxAge,
            .duration(.zero ... .seconds(86_400)),
            "How long a browser may remember what a page may do."
        ),
    ]
}
