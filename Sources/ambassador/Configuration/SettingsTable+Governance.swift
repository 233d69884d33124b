import AmbassadorCore
import AmbassadorIdentity

/// Who may call, and how often.
extension SettingsTable {
    static let governance: [Setting<AmbassadorConfiguration>] = [
        Setting("auth.mode", \.auth.mode, .choice(), "How callers show who they are; `none` is for this host alone."),
        Setting("auth.keys_file", \.auth.keysFile, .path, "The file of the API keys, as `ambassador keys` makes it."),
        Setting(
            "auth.failures",
            \.auth.failures,
            .rate,
            "How often an address may show a credential that is not accepted; more is a 429."
        ),
        Setting(
            "auth.token_size",
            \.auth.tokenBytesMax,
            .byteCount(JWTAuthenticator.tokenBytes),
            "The longest token that is looked at; `limits.field_size` must have room for it too."
        ),
    ]

    /// What may stand under each name in `auth.issuers`.
    static let issuer = SettingsBlock<IssuerSettings>([
        Setting("issuer", optional: \.issuer, .text(bytesMax: 512), "The `iss` of its tokens, byte for byte."),
        Setting("algorithms", \.algorithms, .algorithms, "How its tokens may be signed."),
        Setting(
            "secret",
            optional: \.secret,
            .secret(bytes: 32...4096),
            "The secret of HS… signatures; `base64:` before its Base64 where it is no text."
        ),
        Setting("public_key", optional: \.publicKey, .path, "A PEM file with its public key."),
        Setting("key_id", optional: \.keyID, .text(bytesMax: 1024), "The `kid` of that secret or key."),
        Setting("jwks_file", optional: \.jwksFile, .path, "A file with its JWK Set; read again when it changes."),
        Setting("jwks_url", optional: \.jwksURL, .jwksURL, "Where it publishes its JWK Set."),
        Setting(
            "jwks_refresh",
            \.jwksRefresh,
            .duration(.seconds(30) ... .seconds(86_400)),
            "How often that is fetched."
        ),
        Setting(
            "jwks_stale_max",
            \.jwksStaleMax,
            .duration(.seconds(30) ... .seconds(30 * 86_400)),
            "How long its keys are used while it cannot be fetched."
        ),
        Setting("audience", \.audience, .texts("1 to 32 texts"), "A token must name one of these in `aud`."),
        Setting("leeway", \.leeway, .duration(.zero ... .seconds(60)), "How far the issuer's clock may be off."),
        Setting("tenant", optional: \.tenant, .tenant, "The one tenant that it speaks for."),
        Setting("permissions", \.permissions, .grants, "What a token allows that says nothing of permissions."),
        Setting("claims.principal", \.principalClaim, .text(bytesMax: 128), "The claim that says who calls."),
        Setting("claims.tenant", \.tenantClaim, .text(bytesMax: 128), "The claim that says whose data it is."),
        Setting("claims.permissions", \.permissionsClaim, .text(bytesMax: 128), "The claim that says what is allowed."),
    ])

    /// What may stand under each name in `rate_limits`.
    static let rateLimit = SettingsBlock<RateLimitSettings>([
        Setting("rate", optional: \.rate, .rate, "How fast a bucket fills."),
        Setting("by", \.by, .dimensions, "What has a bucket of its own; `[]` is one for all."),
        Setting(
            "burst",
            optional: \.burst,
            .integer(1...1_000_000),
            "How many may come at once; the rate's count where it is not set."
        ),
        Setting("flows", \.flows, .flowPatterns, "The flows that it is about; `[]` is all."),
        Setting(
            "upstream_only",
            \.isUpstreamOnly,
            .boolean,
            "Whether only calls of LangFlow count; hits are free then."
        ),
        Setting("shared", \.isShared, .boolean, "Whether replicas have their buckets in common, in Redis."),
    ])

    /// What may stand under each tenant in `budgets`.
    static let budget = SettingsBlock<BudgetSettings>([
        Setting(
            "requests_per_day",
            optional: \.requestsPerDay,
            .integer(0...1_000_000_000_000),
            "The most calls of LangFlow in a day (UTC)."
        ),
        Setting(
            "tokens_per_day",
            optional: \.tokensPerDay,
            .integer(0...1_000_000_000_000_000),
            "The most tokens, input and output together."
        ),
        Setting("cost_per_day", optional: \.costNanosPerDay, .price, "The most money, in the unit of `price`."),
    ])
}
