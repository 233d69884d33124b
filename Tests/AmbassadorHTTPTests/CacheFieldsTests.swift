import AmbassadorCore
import Testing

@testable import AmbassadorHTTP

@Suite("What a head asks of the cache")
struct CacheFieldsTests {
    private func directives(_ fields: (name: String, value: String)...) throws -> CacheDirectives? {
        try RequestFields([("Host", "a")] + fields, minorVersion: 1).directives
    }

    @Test("nothing, as most of them")
    func nothing() throws {
        #expect(try self.directives() == nil)
        #expect(try self.directives(("Cache-Control", "x"), ("Pragma", "y")) == nil)
    }

    @Test("all fields together, by any case of their name")
    func several() throws {
        let found = try #require(
            try self.directives(("cache-control", "max-age=9"), ("CACHE-CONTROL", "max-age=5, no-store"))
        )
        #expect(found.maxAgeSeconds == 5)
        #expect(found.noStore)
    }

    @Test("Pragma only where there is no Cache-Control, even one that says nothing")
    func pragma() throws {
        #expect(try self.directives(("Pragma", "no-cache"))?.noCache == true)
        #expect(try self.directives(("Pragma", "no-cache"), ("Cache-Control", "no-transform")) == nil)
    }
}
