import AmbassadorCore
import Testing

@Suite("Permissions")
struct PermissionsTests {
    private func permissions(_ grants: String...) throws -> Permissions {
        Permissions(try grants.map { try Permissions.Grant($0) })
    }

    @Test("what is not granted is denied")
    func deniesByDefault() throws {
        let permissions = try self.permissions("run:faq_*", "refresh:faq_qa", "admin:read")
        let (faq, other) = (try #require(FlowName("faq_qa")), try #require(FlowName("summary")))
        #expect(permissions.allows(.run, on: faq))
        #expect(permissions.allows(.refresh, on: faq))
        #expect(!permissions.allows(.stream, on: faq))
        #expect(!permissions.allows(.run, on: other))
        #expect(permissions.allows(.adminRead))
        #expect(!permissions.allows(.adminPurge))
        #expect(!Permissions([]).allows(.run, on: faq))
    }

    @Test("an action without a pattern is granted on every flow")
    func grantsEverywhere() throws {
        let permissions = try self.permissions("run")
        #expect(permissions.allows(.run, on: try #require(FlowName("anything"))))
    }

    @Test("writes a grant as it is read", arguments: ["run:faq_*", "stream:*", "admin:purge"])
    func writes(_ text: String) throws {
        #expect(try Permissions.Grant(text).description == text)
    }

    @Test(
        "refuses what is no grant",
        arguments: [
            "", "Run", "walk", "run:", "run:a b", "admin", "admin:", "admin:read:faq_*", "admin:everything", ":run",
        ]
    )
    func refuses(_ text: String) {
        #expect(throws: InvalidValue.self) { try Permissions.Grant(text) }
    }
}
