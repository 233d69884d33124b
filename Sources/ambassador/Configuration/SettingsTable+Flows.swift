import AmbassadorCore

/// What may be set for all flows, and for each by itself.
extension SettingsTable {
    static let flowInherited: [Setting<FlowSettings>] =
        [
            Setting("ttl", \.ttl, .duration(.zero...Self.year), "How long an answer is fresh; `0s` means never."),
            Setting(
                "stale_while_revalidate",
                \.staleWhileRevalidate,
                .duration(.zero...Self.year),
                "How much longer it is served while it is refreshed."
            ),
            Setting(
                "stale_if_error",
                \.staleIfError,
                .duration(.zero...Self.year),
                "How much longer it is served when LangFlow does not answer."
            ),
            Setting(
                "timeout",
                \.timeout,
                .duration(.milliseconds(1) ... .seconds(3600)),
                "How long LangFlow may take for the whole answer."
            ),
            Setting(
                "fallback",
                optional: \.fallback,
                .text(bytesMax: 65_536, allowsLineBreaks: true),
                "The answer when LangFlow does not answer and nothing stored may be served."
            ),
            Setting(
                "session",
                \.session,
                .choice(),
                "What a `session_id` means for the cache: not cached, part of the key, or ignored."
            ),
            Setting(
                "session_default",
                \.sessionDefault,
                .choice(),
                "The session of a call without one: its own, or the flow's."
            ),
            Setting(
                "first_turns",
                \.firstTurns,
                .choice(),
                "Whether calls without a session are cached; a flow with memory never saw a first turn that was a hit."
            ),
            Setting(
                "normalize",
                \.normalize,
                .choice(),
                "Whether inputs that differ only in case, width and spaces share an answer."
            ),
            Setting("tweaks", \.tweaks, .tweaks, "The tweaks that callers may send."),
            Setting(
                "global_vars",
                \.globalVariables,
                .globalVariables,
                "The LangFlow global variables that callers may set."
            ),
            Setting("allow_empty_input", \.allowsEmptyInput, .boolean, "Whether the input may be missing or empty."),
            Setting("shared", \.isShared, .boolean, "Whether all tenants share the answers."),
            Setting(
                "store_inputs",
                \.storesInputs,
                .boolean,
                "Whether answers and records keep the text of the input."
            ),
            Setting("price.per_call", \.price.nanosPerCall, .price, "What a call costs."),
            Setting(
                "price.input_per_1k",
                \.price.nanosPerThousandInputTokens,
                .price,
                "What a thousand input tokens cost."
            ),
            Setting(
                "price.output_per_1k",
                \.price.nanosPerThousandOutputTokens,
                .price,
                "What a thousand output tokens cost."
            ),
        ] + Self.flowStreaming
}
