// swift-tools-version: 6.2
import PackageDescription

// The arrows point one way: ambassador -> HTTP | SQLite | Redis | Admin -> Core. Adapters never import one another.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The SQL files of `migrations/`, in the order in which they are applied; a test holds folder and list equal.
let migrations = [
    "0001_create_entries",
    "0002_create_audit",
    "0003_add_governance",
    "0004_add_cache_control",
    "0005_add_notes",
    "0006_add_curation",
    "0007_add_answer_forms",
    "0008_shorten_trace_runs",
    "0009_order_entries",
    "0010_add_refusals",
    "0011_sum_refusals",
    "0012_add_error_details",
    "0013_add_background_calls",
    "0014_add_chat_completions",
    "0015_know_gateways",
]

let package = Package(
    name: "ambassador",
    products: [
        .executable(name: "ambassador", targets: ["ambassador"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(name: "CProcess"),
        .target(
            name: "AmbassadorCore",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "AmbassadorSQLite",
            dependencies: [
                "AmbassadorCore", "CSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: migrations.map { .embedInCode("../../migrations/\($0).sql") },
            swiftSettings: settings
        ),
        .target(
            name: "AmbassadorRedis",
            dependencies: [
                "AmbassadorCore", "CHiredis",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "AmbassadorHTTP",
            dependencies: [
                "AmbassadorCore",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "AmbassadorAdmin",
            dependencies: [
                "AmbassadorCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "AmbassadorIdentity",
            dependencies: [
                "AmbassadorCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ambassador",
            dependencies: [
                "AmbassadorAdmin", "AmbassadorCore", "AmbassadorHTTP", "AmbassadorIdentity", "AmbassadorRedis",
                "AmbassadorSQLite", "CProcess",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "audit-benchmark",
            dependencies: [
                "AmbassadorCore", "AmbassadorSQLite",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Benchmarks/Audit",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "worst-inputs",
            dependencies: [
                "AmbassadorCore", "AmbassadorHTTP",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Benchmarks/WorstInputs",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "framer-fuzz",
            dependencies: [
                "AmbassadorCore", "AmbassadorHTTP", "AmbassadorTesting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Fuzz",
            swiftSettings: settings
        ),
        .target(
            name: "AmbassadorTesting",
            dependencies: [
                "AmbassadorCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorCoreTests",
            dependencies: [
                "AmbassadorCore", "AmbassadorTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorSQLiteTests",
            dependencies: [
                "AmbassadorCore", "AmbassadorSQLite", "AmbassadorTesting", "CSQLite",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorRedisTests",
            dependencies: [
                "AmbassadorCore", "AmbassadorRedis", "AmbassadorTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorHTTPTests",
            dependencies: [
                "AmbassadorCore", "AmbassadorHTTP", "AmbassadorTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorIdentityTests",
            dependencies: [
                "AmbassadorCore", "AmbassadorHTTP", "AmbassadorIdentity", "AmbassadorTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorAdminTests",
            dependencies: [
                "AmbassadorAdmin", "AmbassadorCore", "AmbassadorHTTP", "AmbassadorIdentity", "AmbassadorTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbassadorCommandTests",
            dependencies: [
                "ambassador", "AmbassadorCore", "AmbassadorHTTP", "AmbassadorIdentity", "AmbassadorRedis",
                "AmbassadorSQLite", "AmbassadorTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "ambassador", "AmbassadorCore", "AmbassadorHTTP", "AmbassadorIdentity", "AmbassadorRedis",
                "AmbassadorSQLite", "AmbassadorTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "TidyTests", dependencies: ["ambassador"], swiftSettings: settings),
    ]
)
