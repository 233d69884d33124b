import AmbassadorCore

extension SettingsTable {
    /// What a flow has to say about when a stored answer does, beside its lifetimes.
    static let flowFreshness: [Setting<FlowSettings>] = [
        Setting(
            "request_cache_control",
            \.requestCacheControl,
            .choice(),
            "Whether a caller's own `Cache-Control` is followed."
        ),
        Setting(
            "watch_version",
            \.watchVersion,
            .duration(.zero ... .seconds(86_400)),
            "How often LangFlow is asked whether a listed flow was changed; its answers are stale then. `0s` means never."
        ),
    ]
}
