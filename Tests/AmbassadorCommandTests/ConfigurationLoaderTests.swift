import AmbassadorCore
import AmbassadorHTTP
import AmbassadorRedis
import AmbassadorSQLite
import AmbassadorTesting
import Foundation
import Testing

@testable import ambassador

@Suite struct ConfigurationLoaderTests {
    @Test("without file, environment and flags, everything has its default")
    func defaults() throws {
        let folder = try TemporaryFolder()
        let loaded = try ConfigurationLoader(environment: [:], directory: folder.path).load()
        #expect(loaded.configuration == AmbassadorConfiguration())
        #expect(loaded.file == nil)
        #expect(loaded.origins.isEmpty)
        #expect(loaded.warnings.isEmpty)
    }

    @Test(
        "an empty file, a file of comments and empty blocks set nothing",
        arguments: ["", "# nothing\n", "listen:\nflows: ~\n", "{}", "\u{FEFF}{}"]
    )
    func nothing(_ yaml: String) throws {
        #expect(try load(yaml).configuration == AmbassadorConfiguration())
    }

    @Test("the command line goes before the environment, that before the file, that before the defaults")
    func precedence() throws {
        let yaml = "listen: {address: 127.0.0.1:1}\nadmin: {address: 127.0.0.1:2}\nupstream: {url: \"http://file:3\"}\n"
        let environment = ["AMBASSADOR_ADMIN_ADDRESS": "127.0.0.1:20", "AMBASSADOR_UPSTREAM_URL": "http://env:30"]
        let flag = SettingFlag(name: "--upstream", path: "upstream.url", value: "http://flag:300")
        let loaded = try load(yaml, environment: environment, flags: [flag])
        #expect(loaded.configuration.listen.address == .tcp(host: "127.0.0.1", port: 1))
        #expect(loaded.configuration.admin.address == .tcp(host: "127.0.0.1", port: 20))
        #expect(loaded.configuration.upstream.url.description == "http://flag:300")
        #expect(loaded.configuration.store.path == "ambassador.db")
        #expect(loaded.origins["listen.address"]?.description.hasSuffix("ambassador.yaml:1:19") == true)
        #expect(loaded.origins["admin.address"] == .environment("AMBASSADOR_ADMIN_ADDRESS"))
        #expect(loaded.origins["upstream.url"] == .flag("--upstream"))
        #expect(loaded.origins["store.path"] == nil)
    }

    @Test("flows inherit the final defaults, wherever they stand in the file and wherever the defaults come from")
    func inheritance() throws {
        let yaml = "flows: {a: {session: key}, b: {ttl: 5m}, c: }\ndefaults: {ttl: 1m, normalize: text}"
        let flag = SettingFlag(name: "--ttl", path: "defaults.ttl", value: "1h")
        let flows = try load(yaml, environment: ["AMBASSADOR_DEFAULTS_TWEAKS": "A.b,c"], flags: [flag]).configuration
            .flows
        let a = try #require(FlowName("a").flatMap { flows[$0] })
        #expect(a.ttl == .seconds(3600))
        #expect(a.session == .key)
        #expect(a.normalize == .text)
        #expect(a.tweaks == ["A.b", "c"])
        #expect(try #require(FlowName("b").flatMap { flows[$0] }).ttl == .seconds(300))
        #expect(try #require(FlowName("c").flatMap { flows[$0] }).ttl == .seconds(3600))
    }

    @Test("the file is the named one, else that of AMBASSADOR_CONFIG, else ./ambassador.yaml")
    func fileSearch() throws {
        let folder = try TemporaryFolder()
        let named = try folder.write("threads: 1", to: "a.yaml")
        let fromEnvironment = try folder.write("threads: 2", to: "b.yaml")
        _ = try folder.write("threads: 3", to: "ambassador.yaml")
        let environment = ["AMBASSADOR_CONFIG": fromEnvironment]
        let loader = ConfigurationLoader(environment: environment, directory: folder.path)
        #expect(try loader.load(file: named).configuration.threads == 1)
        #expect(try loader.load().configuration.threads == 2)
        #expect(try ConfigurationLoader(environment: [:], directory: folder.path).load().configuration.threads == 3)
    }

    @Test("a file that cannot be read is an error, not the defaults", arguments: ["missing.yaml", "."])
    func unreadableFile(_ name: String) throws {
        let folder = try TemporaryFolder()
        let loader = ConfigurationLoader(environment: [:], directory: folder.path)
        let error = try #require(throws: ConfigurationErrors.self) { try loader.load(file: "\(folder.path)/\(name)") }
        #expect(error.description.contains("the file cannot be used: "))
    }

    @Test("a file that is not UTF-8 or too large is refused")
    func hostileFile() throws {
        let folder = try TemporaryFolder()
        let loader = ConfigurationLoader(environment: [:], directory: folder.path)
        let file = try folder.write(String(repeating: "#", count: (1 << 20) + 1), to: "large.yaml")
        let large = try #require(throws: ConfigurationErrors.self) { try loader.load(file: file) }
        #expect(large.description.contains("larger than 1048576 bytes"))
        try Data([0x6E, 0x3A, 0x20, 0xFF]).write(to: URL(fileURLWithPath: file))
        let binary = try #require(throws: ConfigurationErrors.self) { try loader.load(file: file) }
        #expect(binary.description.contains("not valid UTF-8"))
    }

    @Test("an unknown AMBASSADOR_ variable is an error with the nearest one")
    func unknownVariable() throws {
        let errors = try errors(of: "", environment: ["AMBASSADOR_LISTEN_ADRESS": "127.0.0.1:1"])
        #expect(
            errors == [
                #"environment AMBASSADOR_LISTEN_ADRESS: is not a setting; did you mean "AMBASSADOR_LISTEN_ADDRESS"?"#
            ]
        )
    }

    @Test("the variables that Kubernetes sets for a service named ambassador are no settings")
    func serviceLinks() throws {
        let links = [
            "AMBASSADOR_SERVICE_HOST", "AMBASSADOR_SERVICE_PORT", "AMBASSADOR_SERVICE_PORT_HTTP", "AMBASSADOR_PORT",
            "AMBASSADOR_PORT_8080_TCP", "AMBASSADOR_PORT_8080_TCP_PROTO", "AMBASSADOR_PORT_8080_TCP_PORT",
            "AMBASSADOR_PORT_8080_TCP_ADDR", "AMBASSADOR_ADMIN_SERVICE_HOST", "AMBASSADOR_ADMIN_PORT_53_UDP",
        ]
        let environment = Dictionary(uniqueKeysWithValues: links.map { ($0, "tcp://10.0.0.1:8080") })
        #expect(try errors(of: "", environment: environment).isEmpty)
        #expect(try errors(of: "", environment: ["AMBASSADOR_PORT_8080": "1"]).count == 1)
    }

    @Test("a bad value in the environment or on the command line is named by its origin")
    func badOverrides() throws {
        let flag = SettingFlag(name: "--ttl", path: "defaults.ttl", value: "10")
        let errors = try errors(of: "", environment: ["AMBASSADOR_THREADS": "x"], flags: [flag])
        #expect(errors.count == 2)
        #expect(errors.first?.hasPrefix("environment AMBASSADOR_THREADS: threads: \"x\" is not a whole number") == true)
        #expect(errors.last?.hasPrefix("flag --ttl: defaults.ttl: \"10\" has no unit") == true)
    }

    @Test("LangFlow's own variables are used where the settings are not set")
    func conveniences() throws {
        let environment = ["LANGFLOW_URL": "http://lf:1", "LANGFLOW_API_KEY": "sk-1"]
        let upstream = try load("", environment: environment).configuration.upstream
        #expect(upstream.url.description == "http://lf:1")
        #expect(upstream.apiKey == Secret("sk-1"))
        let set = try load("upstream: {url: \"http://a\", api_key: own}", environment: environment).configuration
            .upstream
        #expect(set.url.description == "http://a")
        #expect(set.apiKey == Secret("own"))
        #expect(try load("upstream: {api_key: null}", environment: environment).configuration.upstream.apiKey == nil)
    }

    @Test("variables are replaced once, in texts and lists, and $${ stays")
    func interpolation() throws {
        let yaml = "node: \"${A}-$${A}-${B}$\"\ndefaults: {tweaks: [\"${B}.x\"]}"
        let loaded = try load(yaml, environment: ["A": "${B}", "B": "b"])
        #expect(loaded.configuration.node == "${B}-${A}-b$")
        #expect(loaded.configuration.defaults.tweaks == ["b.x"])
    }

    @Test("a secret file's content is taken without the white space at its ends")
    func secretFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("  sk-from-file\n", to: "key")
        #expect(
            try load("upstream: {api_key: \"file:\(file)\"}").configuration.upstream.apiKey == Secret("sk-from-file")
        )
        _ = try folder.write(" \n", to: "key")
        #expect(try errors(of: "upstream: {api_key: \"file:\(file)\"}").first?.contains("it is empty") == true)
    }

    @Test("a secret file that every user may change is refused")
    func writableSecretFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("sk", to: "key")
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        #expect(
            try errors(of: "upstream: {api_key: \"file:\(file)\"}").first?.contains("every user may change it") == true
        )
    }

    @Test("all errors are collected in the order of the file; the first twenty are shown")
    func manyErrors() throws {
        let yaml = "threads: x\n" + (1...30).map { "unknown\($0): 1\n" }.joined() + "limits: {fields: y}\n"
        let folder = try TemporaryFolder()
        let file = try folder.write(yaml, to: "a.yaml")
        let loader = ConfigurationLoader(environment: [:], directory: folder.path)
        let error = try #require(throws: ConfigurationErrors.self) { try loader.load(file: file) }
        #expect(error.errors.count == 32)
        #expect(error.errors.first?.key == "threads")
        #expect(error.errors.last?.key == "limits.fields")
        #expect(error.description.split(separator: "\n").count == 21)
        #expect(error.description.hasSuffix("and 12 more"))
    }

    @Test("texts are never converted: YAML 1.1's booleans, octals, dates and sexagesimals stay texts")
    func noImplicitTypes() throws {
        for text in ["no", "on", "010", "1:30", "2026-01-01", "1_000", "0x10", ".inf", "=", "null_"] {
            #expect(try load("node: \(text)").configuration.node == text)
        }
        let flows = try load("flows: {no: {}, 123: {}, y: {}}").configuration.flows
        #expect(Set(flows.keys.map(\.description)) == ["no", "123", "y"])
        #expect(try load("log: {requests: on}").configuration.log.requests == .on)
        #expect(try load("threads: 010").configuration.threads == 10)
    }

    @Test("works, but hardly as it is meant: a warning")
    func warnings() throws {
        #expect(try load("defaults: {timeout: 10m}").warnings.first?.contains("upstream.breaker.window (1m)") == true)
        #expect(
            try load("hot_cache: {secret: 0123456789abcdef}").warnings == [
                "hot_cache.secret has no effect without hot_cache.redis"
            ]
        )
        #expect(
            try load("cors: {origins: [\"*\"]}").warnings == [
                "cors.origins lets every web page that somebody on this host opens call without a credential"
            ]
        )
        #expect(try load("cors: {origins: [\"https://a.example\"], max_age: 1h}").warnings.isEmpty)
    }

    @Test("a secret appears in no error, whatever is wrong around it")
    func secretsInErrors() throws {
        let canary = "canary\u{20}secret"
        let environment = [
            "KEY": canary, "AMBASSADOR_HOT_CACHE_REDIS": "redis://u:canary-p@h/x",
            "AMBASSADOR_HOT_CACHE_SECRET": "canary",
        ]
        let texts = [
            "upstream: {api_key: \"canary key\"}", "upstream: {api_key: \"${KEY}\"}",
            "upstream: {url: \"http://u:canary@h\"}",
            "node: \"${KEY}\\u0007\"", "threads: \"${KEY}\"", "hot_cache: {secret: canary}\nhot_cache: {}",
            "upstream: {api_key: [canary]}", "upstream: {api_key: {canary: 1}}",
            "hot_cache: {redis: \"redis://:canary@:1\"}",
            "upstream: {api_key: \"canary\nthreads: 1",
        ]
        for text in texts {
            let errors = try errors(of: text, environment: environment)
            #expect(!errors.isEmpty)
            #expect(!errors.joined().contains("canary"), "\(errors)")
        }
    }

    @Test("what is set reaches the modules as it was set, Redis' password included")
    func moduleConfigurations() throws {
        let yaml = """
            listen: {address: "unix:/run/a.sock"}
            upstream: {url: "https://lf/base/", api_key: sk-1}
            hot_cache: {redis: "rediss://me:p%40ss@[::1]:6380/3", prefix: mine, secret: 0123456789abcdef, entry_size_max: 8MiB}
            audit: {bodies: none, records_max: 1234}
            """
        let configuration = try load(yaml).configuration
        #expect(configuration.serverConfiguration.address == .unix(path: "/run/a.sock"))
        let upstream = try configuration.upstreamConfiguration
        #expect(upstream.url.description == "https://lf/base")
        #expect(upstream.apiKey?.revealed == "sk-1")
        let redis = try #require(configuration.redisConfiguration)
        #expect(redis.address.endpoint == .tcp(host: "::1", port: 6380, isEncrypted: true))
        #expect(redis.address.password?.revealed == "p@ss")
        #expect(redis.keySpace == RedisKeySpace(prefix: "mine"))
        #expect(redis.secret?.revealed == "0123456789abcdef")
        #expect(redis.valueBytesMax > 8 << 20 && redis.commandBytesMax >= redis.valueBytesMax)
        #expect(configuration.sqliteConfiguration.auditBodies == .none)
        #expect(configuration.sqliteConfiguration.auditRecordsMax == 1234)
    }

    @Test("the largest answers and the longest deadline are within what Redis' part takes")
    func redisLimits() throws {
        let yaml = """
            hot_cache: {redis: "redis://h", entry_size_max: 64MiB, memory: 1GiB, redis_deadline: 5s}
            """
        #expect(try errors(of: yaml).isEmpty)
    }
}
