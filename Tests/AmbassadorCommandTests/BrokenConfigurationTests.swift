import Foundation
import Testing

@testable import ambassador

/// A configuration that must be refused, and how.
struct BrokenConfiguration: Sendable, CustomTestStringConvertible {
    let yaml: String
    let error: String

    init(_ yaml: String, _ error: String) {
        self.yaml = yaml
        self.error = error
    }

    var testDescription: String { self.yaml.debugDescription }
}

@Suite struct BrokenConfigurationTests {
    @Test(
        "a broken configuration is refused with file, line, column, key and reason",
        arguments: structure + rules + flows
    )
    func refusal(_ broken: BrokenConfiguration) throws {
        let errors = try errors(of: broken.yaml)
        #expect(errors.first?.hasPrefix("ambassador.yaml:\(broken.error)") == true, "\(errors)")
    }

    @Test("every setting refuses every kind of value that is not its own")
    func badValues() throws {
        var count = 0
        for setting in SettingsTable.top.settings {
            let key = setting.path
            // Probes alone may be reached from everywhere.
            let mayBeRemote = key == "probes.address"
            for (bad, reason) in Self.badValues[setting.typeName] ?? []
            where !(mayBeRemote && reason == "reached from other hosts") {
                let yaml = Self.nested(key, bad)
                let column = 2 * key.split(separator: ".").count + (key.split(separator: ".").last?.count ?? 0) + 1
                let errors = try errors(of: "# a comment\n" + yaml)
                let line = key.split(separator: ".").count + 1
                #expect(errors.count == 1, "\(key): \(bad): \(errors)")
                let error = errors.first ?? ""
                #expect(error.hasPrefix("ambassador.yaml:\(line):\(column): \(key): "), "\(error)")
                #expect(error.contains(reason), "\(error)")
                count += 1
            }
        }
        #expect(count >= 300)
    }

    private static func nested(_ key: String, _ value: String) -> String {
        let names = key.split(separator: ".")
        return names.enumerated().map { depth, name in
            String(repeating: "  ", count: depth) + name + ":" + (depth == names.count - 1 ? " \(value)" : "") + "\n"
        }.joined()
    }

    private static let badValues: [String: [(String, String)]] = [
        "addresses": [
            ("[10.0.0.1/8]", "has something that"), ("[example.com]", "has something that"),
            ("10.0.0.0/8", "is not a list"),
            ("[\"::1\", \"::1\"]", "has an element twice"),
        ],
        "URL path": [
            ("health", "is not a plain path"), ("\"/a b\"", "is not a plain path"), ("\"/a?b\"", "is not a plain path"),
            ("\"http://a/health\"", "is not a plain path"), ("\"/a\\0\"", "is not a plain path"),
        ],
        "paths": [
            ("[lf]", "is not a path"), ("[/lf/]", "is not a path"), ("[/]", "is not a path"),
            ("[\"\"]", "is not a path"),
            ("[/a//b]", "is not a path"), ("[/a/..]", "is not a path"), ("[\"/a%62\"]", "is not a path"),
            ("[/api/v1/run]", "makes one route of another"), ("/lf", "is not a list"),
            ("[/a, /a]", "has an element twice"),
        ],
        "headers": [
            ("[\"a b\"]", "has something that is not the name of a header field"), ("[Cookie]", "is not the name"),
            ("X-A", "is not a list"), ("[X-A, X-A]", "has an element twice"),
        ],
        "hosts": [
            ("[\"a:80\"]", "has something that"), ("[\"http://a\"]", "has something that"),
            ("[a b]", "has something that"), ("a.example", "is not a list"), ("[a, a]", "has an element twice"),
        ],
        "origins": [
            ("[https://a.example/]", "has something that is not an origin"), ("[\"null\"]", "is not an origin"),
            ("[https://a.example:443]", "names the port of its scheme"), ("https://a.example", "is not a list"),
            ("[https://a.example, https://a.example]", "has an element twice"),
        ],
        "duration": [
            ("10", "has no unit"), ("\"\"", "is empty"), ("-1s", "is not a duration"), ("1.5h", "has an unknown unit"),
            ("5 s", "has an unknown unit"), ("1w", "has an unknown unit"), ("1S", "has an unknown unit"),
            ("1m1h", "units out of order"), ("1s1s", "units out of order"), ("999999999d", "is out of range"),
            ("9999999999999s", "is not a duration"), ("999999999999d", "longer than any duration"),
            ("infinite", "is not a duration"), ("[1s]", "is a list"), ("{a: 1s}", "is a block"),
        ],
        "size": [
            ("64", "has no unit"), ("\"\"", "is empty"), ("-1MiB", "is not a size"), ("1.5MiB", "has an unknown unit"),
            ("64mib", "has an unknown unit"), ("64M", "has an unknown unit"), ("1 MiB", "has an unknown unit"),
            ("1B", "is out of range"), ("999999999TiB", "larger than any size"), ("9999TiB", "is out of range"),
            ("[1MiB]", "is a list"), ("{a: 1}", "is a block"), ("~", "is empty"),
        ],
        "number": [
            ("automatic", "is not a whole number"), ("Auto", "is not a whole number"), ("0", "is out of range"),
            ("99999", "or auto"), ("[1]", "is a list"), ("null", "is empty"),
        ],
        "integer": [
            ("many", "is not a whole number"), ("1.0", "is not a whole number"), ("-1", "is out of range"),
            ("0x10", "is not a whole number"), ("1_000", "is not a whole number"), ("1e3", "is not a whole number"),
            ("99999999999", "is out of range"), ("99999999999999999999", "is not a whole number"),
            ("[1]", "is a list"), ("{a: 1}", "is a block"), ("null", "is empty"),
        ],
        "share": [
            ("1.1", "is out of range"), ("50%", "is not a decimal"), ("-0.1", "is not a decimal"),
            (".5", "is not a decimal"),
            ("0.", "is not a decimal"), ("1e-1", "is not a decimal"), ("0.1234567891", "is not a decimal"),
            ("[]", "is a list"),
        ],
        "price": [
            ("-1", "is not a decimal"), ("1e-3", "is not a decimal"), ("\"0,5\"", "is not a decimal"),
            ("free", "is not a decimal"),
            ("1000001", "is out of range"), ("0.0000000001", "is not a decimal"), ("null", "is empty"),
        ],
        "boolean": [
            ("yes", "write true or false"), ("on", "write true or false"), ("True", "write true or false"),
            ("1", "write true or false"), ("null", "is empty"), ("[true]", "is a list"),
        ],
        "choice": [
            ("sometimes", "is not one of"), ("null", "is empty"), ("[on]", "is a list"), ("{a: b}", "is a block"),
        ],
        "address": [
            ("8080", "has no valid host"), (":8080", "names no host"), ("127.0.0.1", "has no port"),
            ("\"127.0.0.1:\"", "has no port"), ("127.0.0.1:65536", "has no port"), ("127.0.0.1:-1", "has no port"),
            ("\"[::1:8080\"", "has a [ without"), ("\"::1:8080\"", "names no host"),
            ("http://127.0.0.1:8080", "is a URL"),
            ("unix:relative", "absolute path"), ("unix:/", "absolute path"), ("2130706433:80", "has no valid host"),
            ("0x7f.1:80", "has no valid host"), ("127.1:80", "has no valid host"), ("\"*:8080\"", "has no valid host"),
            ("0.0.0.0:9000", "reached from other hosts"), ("\"[::]:9000\"", "reached from other hosts"),
            ("192.0.2.1:9000", "reached from other hosts"), ("example.com:9000", "reached from other hosts"),
        ],
        "path": [
            ("\":memory:\"", "not the path of a file"), ("\"file:a.db?mode=memory\"", "not the path of a file"),
            ("data/", "is a directory"), ("\"\"", "is empty"), ("\"a\\0b\"", "control character"),
        ],
        "list": [
            ("a", "is not a list"), ("[\"\"]", "has a name that"), ("[x.]", "has a name that"),
            ("[A, A]", "has a name"),
        ],
        "secret": [
            ("\"a b\"", "the value "),
            ("\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"", "the value has a space"),
            ("file:relative", "without an absolute path"), ("file:/nowhere/at/all", "no such file"),
            ("file:/tmp", "not a regular file"), ("file:/dev/zero", "not a regular file"),
            ("${NOT_SET_ANYWHERE}", "environment variable NOT_SET_ANYWHERE"),
        ],
        "URL": [
            ("127.0.0.1:7860", "is not a URL"), ("ftp://a", "is not a URL"), ("HTTP://a", "is not a URL"),
            ("[a]", "is a list"),
        ],
    ]

    static let structure: [BrokenConfiguration] = [
        .init("upstreem: {}", #"1:1: upstreem: is not a setting; did you mean "upstream"?"#),
        .init("listen:\n  adress: a", #"2:3: listen.adress: is not a setting; did you mean "listen.address"?"#),
        .init("hot-cache: {}", #"1:1: hot-cache: is not a setting; did you mean "hot_cache"?"#),
        .init("timeout: 30s", #"1:1: timeout: is not a setting; did you mean "defaults.timeout"?"#),
        .init("url: http://a", #"1:1: url: is not a setting"#),
        .init("zzzzzzzzzzzz: 1", "1:1: zzzzzzzzzzzz: is not a setting"),
        .init("flow: {}", #"1:1: flow: is not a setting; did you mean "flows"?"#),
        .init("defaults: {target: a}", #"1:12: defaults.target: is not a setting"#),
        .init(
            "upstream: {breaker: {windw: 1s}}",
            #"1:22: upstream.breaker.windw: is not a setting; did you mean "upstream.breaker.window"?"#
        ),
        .init("listen: 127.0.0.1:80", "1:9: listen: is a block of settings, but has a single value"),
        .init("listen: [a]", "1:9: listen: is a block of settings, but has a list"),
        .init("flows: [a]", "1:8: flows: is a block of settings, but has a list"),
        .init("- a", "1:1: the file is a block of settings, but has a list"),
        .init("just text", "1:1: the file is a block of settings, but has a single value"),
        .init("listen.address: a", "1:1: listen.address: is not a setting"),
        .init("listen: {address: 127.0.0.1:1}\nlisten: {}", "1:1: listen: appears more than once"),
        .init("listen:\n  address: a\n  \"address\": b", "2:3: address: appears more than once"),
        .init("flows:\n  a: {}\n  a: {}", "2:3: a: appears more than once"),
        .init("a: &x {}", "1:4: a: anchors and aliases"),
        .init("flows:\n  a: &b {ttl: 1s}\n  c: *b", "2:6: flows.a: anchors and aliases"),
        .init("flows:\n  <<: {a: {}}", "2:3: flows.<<: merge keys"),
        .init("threads: !!binary AAAA", "1:10: threads: tags are not supported"),
        .init("threads: !size 4", "1:10: threads: tags are not supported"),
        .init("? [a]\n: b", "1:3: a key must be a single text"),
        .init("listen: {address: \"a", "1:"),
        .init("listen:\n\taddress: a", "2:1: is not valid YAML"),
        .init("a: b: c", "1:5: is not valid YAML"),
        .init("a: *nothing", "1:4: is not valid YAML"),
        .init("a: 1\n---\nb: 2", "2:1: is not valid YAML"),
        .init("listen: }", "1:9: is not valid YAML"),
        .init("a: \"\\q\"", "1:5: is not valid YAML"),
        .init("threads: 1\nnode: \u{1}", "2:7: is not valid YAML"),
        .init(String(repeating: "[", count: 20_000), "1:"),
        .init("a: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40), "1:"),
        .init("node: \"\"\nthreads: x", "1:7: node: the value is empty"),
        .init("node: ${", "1:7: node: the value has a ${ without its }"),
        .init("node: ${}", "1:7: node: the value has a ${…}"),
        .init("node: ${A:-b}", "1:7: node: the value has a ${…}"),
        .init("node: ${1A}", "1:7: node: the value has a ${…}"),
        .init("node: ${MISSING_ONE}", "1:7: node: the value needs the environment variable MISSING_ONE"),
        .init("node: \"a\\tb\"", "1:7: node: \"a\\u{9}b\" has a control character"),
        .init(
            "log: {level: warn}",
            #"1:14: log.level: "warn" is not one of trace, debug, info, notice, warning, error, critical; did you mean "warning"?"#
        ),
        .init("log: {requests: true}", #"1:17: log.requests: "true" is not one of on, off, sampled"#),
        .init("unlisted_flows: denied", #"1:17: unlisted_flows: "denied" is not one of allow, deny"#),
    ]

    static let rules: [BrokenConfiguration] = [
        .init("auth: {failures: 999983/d}", "1:18: auth.failures: has a burst"),
        .init("auth: {mode: jwt}", "1:14: auth.mode: tokens are taken, but no issuer"),
        .init(
            "listen: {address: \"0.0.0.0:80\"}",
            "1:19: listen.address: 0.0.0.0:80 can be reached from other hosts, and auth.mode none"
        ),
        .init("listen: {tls: {certificate_file: /a}}", "1:34: listen.tls.certificate_file: TLS needs both"),
        .init("rate_limits: {a: {by: [tenant]}}", "1:15: rate_limits.a: has no rate"),
        .init("rate_limits: {a: {rate: 1/s, shared: true}}", "1:38: rate_limits.a.shared: replicas share"),
        .init("budgets: {acme: {}}", "1:11: budgets.acme: has none of"),
        .init("budgets: {ACME: {requests_per_day: 1}}", "1:11: budgets.ACME: is not a tenant"),
        .init(
            "auth: {mode: jwt, issuers: {a: {issuer: x, algorithms: [RS256], audience: [b]}}}",
            "1:29: auth.issuers.a: needs its keys"
        ),
        .init(
            "listen: {address: 127.0.0.1:9}\nadmin: {address: 127.0.0.1:9}",
            "2:18: admin.address: listen.address and"
        ),
        .init("admin: {address: localhost:8080}", "1:18: admin.address: listen.address and"),
        .init(
            "probes: {address: localhost:8080}",
            "1:19: probes.address: probes.address and listen.address are the same"
        ),
        .init(
            "probes: {address: \"0.0.0.0:8081\"}",
            "1:19: probes.address: probes.address and admin.address are the same"
        ),
        .init(
            "listen: {address: \"unix:/a\"}\nadmin: {address: \"unix:/a\"}",
            "2:18: admin.address: listen.address and"
        ),
        .init(
            "upstream: {url: \"http://127.0.0.1:8080\"}",
            "1:17: upstream.url: the upstream is the ambassador's own listen"
        ),
        .init(
            "upstream: {url: \"http://localhost:8080/a\"}",
            "1:17: upstream.url: the upstream is the ambassador's own listen"
        ),
        .init(
            "upstream: {url: \"http://[::1]:8081\"}",
            "1:17: upstream.url: the upstream is the ambassador's own admin"
        ),
        .init("listen: {address: 127.0.0.1:7860}", "1:19: listen.address: the upstream is"),
        .init(
            "hot_cache: {memory: 1MiB, entry_size_max: 2MiB}",
            "1:43: hot_cache.entry_size_max: an entry may be larger"
        ),
        .init(
            "store: {size_max: 16MiB}\nhot_cache: {entry_size_max: 32MiB}",
            "2:29: hot_cache.entry_size_max: an entry may"
        ),
        .init("limits: {field_size: 33KiB}", "1:22: limits.field_size: a field may be larger"),
        .init("limits: {header_size: 8KiB}", "1:23: limits.header_size: a field may be larger"),
        .init("upstream: {breaker: {open_time: 2m}}", "1:33: upstream.breaker.open_time: open_time is longer"),
        .init("upstream: {concurrency: 2}", "1:25: upstream.concurrency: half_open_probes is more"),
        .init("upstream: {breaker: {failure_rate: 0}}", "1:36: upstream.breaker.failure_rate: a failure rate of 0"),
        .init(
            "upstream: {breaker: {slow_call_rate: 0}}",
            "1:38: upstream.breaker.slow_call_rate: a slow call rate of 0"
        ),
        .init("unlisted_flows: deny", "1:17: unlisted_flows: no flow is listed"),
        .init(
            "audit: {retention: 7d, bodies_retention: 8d}",
            "1:42: audit.bodies_retention: texts would be kept longer"
        ),
        .init("defaults: {shared: true, session: key}", "1:20: defaults.shared: shared entries"),
        .init("defaults: {timeout: 1s}", "1:21: defaults.timeout: the timeout is shorter"),
        .init("upstream: {url: \"http://user:hunter2@a\"}", "1:17: upstream.url: the value carries a user or password"),
        .init("upstream: {url: \"http://169.254.169.254\"}", "1:17: upstream.url: the value points at a link-local"),
        .init("upstream: {url: \"http://[fe80::1]:80\"}", "1:17: upstream.url: the value points at a link-local"),
        .init(
            "upstream: {url: \"http://[::ffff:169.254.169.254]\"}",
            "1:17: upstream.url: the value points at a link-local"
        ),
        .init(
            "upstream: {url: \"http://metadata.google.internal/\"}",
            "1:17: upstream.url: the value points at a link-local"
        ),
        .init("upstream: {url: \"http://2852039166/\"}", "1:17: upstream.url: the value has no valid host"),
        .init("upstream: {url: \"http://0xa9fea9fe/\"}", "1:17: upstream.url: the value has no valid host"),
        .init("upstream: {url: \"http://a/b?c=d\"}", "1:17: upstream.url: the value has a path, query"),
        .init("upstream: {url: \"http://a/b#c\"}", "1:17: upstream.url: the value has a path, query"),
        .init("upstream: {url: \"http://a/../b\"}", "1:17: upstream.url: the value has a path, query"),
        .init("upstream: {url: \"http://a//b\"}", "1:17: upstream.url: the value has a path, query"),
        .init("upstream: {url: \"http://a/%2e\"}", "1:17: upstream.url: the value has a path, query"),
        .init("upstream: {url: \"http://a b\"}", "1:17: upstream.url: the value has a space"),
        .init("upstream: {url: \"http://a\\r\\nb\"}", "1:17: upstream.url: the value has a space"),
        .init("upstream: {url: \"http://\"}", "1:17: upstream.url: the value names no host"),
        .init("upstream: {url: \"http://a:0\"}", "1:17: upstream.url: the value has no port"),
        .init("upstream: {url: \"http://a:99999\"}", "1:17: upstream.url: the value has no port"),
        .init("upstream: {url: null}", "1:17: upstream.url: the value is empty"),
        .init("hot_cache: {redis: \"redis://a/b\"}", "1:20: hot_cache.redis: the value has no database"),
        .init("hot_cache: {redis: \"redis://a/99999\"}", "1:20: hot_cache.redis: the value has no database"),
        .init("hot_cache: {redis: \"redis://u:%zz@a\"}", "1:20: hot_cache.redis: the value has a user, password"),
        .init("hot_cache: {redis: \"unix:/a?x=1\"}", "1:20: hot_cache.redis: the value has a query"),
        .init("hot_cache: {redis: \"unix:a\"}", "1:20: hot_cache.redis: the value does not name an absolute"),
        .init("hot_cache: {redis: \"redis://u@a\"}", "1:20: hot_cache.redis: the value has an @ but no password"),
        .init("hot_cache: {redis: \"redis://a?db=1\"}", "1:20: hot_cache.redis: the value has a query"),
        .init("hot_cache: {redis: \"redis://a:0\"}", "1:20: hot_cache.redis: the value has no port"),
        .init("hot_cache: {prefix: \"a*\"}", #"1:21: hot_cache.prefix: "a*" is not 1 to 64 of A-Z"#),
        .init("log: {format: text}", "1:7: log.format: is not a setting"),
        .init("limits: {json_depth: 32}", "1:10: limits.json_depth: is not a setting"),
        .init("hot_cache: {secret: short}", "1:21: hot_cache.secret: the value is not 16 to 4096 bytes long"),
    ]

    static let flows: [BrokenConfiguration] = [
        .init("flows: {a b: {}}", "1:9: flows.a b: is not a flow's name"),
        .init("flows: {a.b: {}}", "1:9: flows.a.b: is not a flow's name"),
        .init("flows: {\"\": {}}", "1:9: flows.: is not a flow's name"),
        .init("flows: {ü: {}}", "1:9: flows.ü: is not a flow's name"),
        .init(
            "flows: {0B1E5A3C-0000-4000-8000-000000000000: {}}",
            "1:9: flows.0B1E5A3C-0000-4000-8000-000000000000: is not a flow's"
        ),
        .init("flows: {a: 1}", "1:12: flows.a: is a block of settings, but has a single value"),
        .init("flows: {a: []}", "1:12: flows.a: is a block of settings, but has a list"),
        .init("flows:\n  a:\n    tttl: 1s", #"3:5: flows.a.tttl: is not a setting; did you mean "flows.a.ttl"?"#),
        .init(
            "flows:\n  a:\n    stale_on_error: 1s",
            #"3:5: flows.a.stale_on_error: is not a setting; did you mean "flows.a.stale_if_error"?"#
        ),
        .init(
            "flows:\n  a:\n    price: {percall: 1}",
            #"3:13: flows.a.price.percall: is not a setting; did you mean "flows.a.price.per_call"?"#
        ),
        .init(
            "flows:\n  a:\n    per_call: 1",
            #"3:5: flows.a.per_call: is not a setting; did you mean "flows.a.price.per_call"?"#
        ),
        .init("flows:\n  a:\n    target: a/b", #"3:13: flows.a.target: "a/b" is not a flow's name"#),
        .init("flows:\n  a:\n    ttl: 1 hour", #"3:10: flows.a.ttl: "1 hour" has an unknown unit"#),
        .init(
            "flows:\n  a:\n    session: keyy",
            #"3:14: flows.a.session: "keyy" is not one of bypass, key, ignore; did you mean "key"?"#
        ),
        .init("flows:\n  a:\n    normalize: nfkc", #"3:16: flows.a.normalize: "nfkc" is not one of"#),
        .init("flows:\n  a:\n    tweaks: all", "3:13: flows.a.tweaks: \"all\" is not a list"),
        .init("flows:\n  a:\n    tweaks: [\"a*b\"]", "3:13: flows.a.tweaks: the value has a name that is not"),
        .init(
            "flows:\n  a:\n    aliases: [b]\n  b:\n    ttl: 1h",
            "3:14: flows.a.aliases: \"b\" is the name of flow b; a name can mean one flow only"
        ),
        .init(
            "flows:\n  a:\n    target: t\n  b:\n    aliases: [t]",
            "5:14: flows.b.aliases: \"t\" is the target of flow a"
        ),
        .init("flows:\n  a:\n    tweaks: [null]", "3:14: flows.a.tweaks: has something"),
        .init("flows:\n  a:\n    global_vars: [lower]", "3:18: flows.a.global_vars: the value has a name that is not"),
        .init("flows:\n  a:\n    shared: true\n    session: key", "3:13: flows.a.shared: shared entries"),
        .init("flows:\n  a:\n    session: key\ndefaults: {shared: true}", "3:14: flows.a.session: shared entries"),
        .init("flows:\n  a:\n    timeout: 1s", "3:14: flows.a.timeout: the timeout is shorter"),
        .init("flows:\n  a:\n    timeout: 2h", #"3:14: flows.a.timeout: "2h" is out of range; write 1ms to 1h"#),
        .init("flows:\n  a:\n    fallback: [a]", "3:15: flows.a.fallback: the value is a list"),
    ]
}
