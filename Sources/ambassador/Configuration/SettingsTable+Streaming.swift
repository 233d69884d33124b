import AmbassadorCore

/// The calls that are served, how a flow's answers are streamed, and what of a stream is kept for others.
extension SettingsTable {
    static let routes: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "routes.responses",
            \.routes.responses,
            .responsesDialect,
            "Whether `POST /v1/responses` is served, at `/api/v1/responses` too, and in whose words: OpenAI's or LangFlow's."
        ),
        Setting(
            "routes.chat_completions",
            \.routes.chatCompletions,
            .boolean,
            "Whether OpenAI's `POST /v1/chat/completions` is served, at `/api/v1/chat/completions` too."
        ),
    ]

    static let flowStreaming: [Setting<FlowSettings>] = [
        Setting(
            "stream_reuse",
            \.reusesStreams,
            .boolean,
            "Whether a stored stream answers plain calls too, and the other way round."
        ),
        Setting(
            "replay_pace",
            \.replayPace,
            .duration(.zero ... .seconds(10)),
            "The time between two records of a stored stream; `0s` gives it out at once."
        ),
        Setting(
            "cancel_abandoned",
            \.cancelsAbandoned,
            .boolean,
            "Whether LangFlow stops a run whose caller left, where the answer would not be kept; it is asked for a stream then."
        ),
    ]
}
